import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import getPort from "get-port";
import { until } from "#dev/stack/until";
import { createTrustingFetch } from "#tests/helpers/edge/create-trusting-fetch";
import { createCertificate, type Certificate } from "#tests/helpers/tls/create-certificate";
import { copyEdge } from "./copy-edge";

const READY_TIMEOUT_MS = 15_000;

export interface EdgeOptions {
  /** Where the servers are, as origins. */
  readonly upstreams: readonly string[];
  /** Has deliveries of webhooks show a certificate of this authority. */
  readonly metaAuthority?: Certificate;
}

/** nginx with the shipped configuration, at `localhost`. */
export interface Edge {
  readonly origin: string;
  readonly httpOrigin: string;
  readonly folder: string;
  /** Signed its certificate. */
  readonly authority: Certificate;
  /** Trusts that authority. */
  readonly fetch: typeof fetch;
  /** What nginx and its script said, which is not about single requests. */
  readonly lines: readonly string[];
  readAccessLog(): Promise<string>;
  putCertificate(pem: string): Promise<void>;
  /** Is away, as if the network were, for as long as this takes. */
  interrupt(during: () => Promise<void>): Promise<void>;
  /** Ends it as Docker does. */
  terminate(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the edge as the Compose service does: by deploy/nginx/start.sh. Any request goes to any of the servers. */
export async function startEdge({ upstreams, metaAuthority }: EdgeOptions): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), "wamcp-edge-"));
  // nginx's workers are somebody else than the root that may have started it.
  await chmod(folder, 0o755);
  const ports = { http: await getPort(), https: await getPort(), health: await getPort() };
  const script = await copyEdge(folder, ports);
  for (const name of ["certificates", "acme"]) await mkdir(join(folder, name));
  const authority = createCertificate({ name: "Test authority" });
  const certificate = createCertificate({ name: "localhost", issuer: authority });
  const putCertificate = async (pem: string): Promise<void> => {
    const file = join(folder, "certificates/certificate.pem");
    await writeFile(`${file}.new`, pem);
    await rename(`${file}.new`, file);
  };
  await putCertificate(certificate.keyPem + certificate.pem);
  if (metaAuthority)
    await writeFile(join(folder, "certificates/meta-outbound-api-ca.pem"), metaAuthority.pem);
  const lines: string[] = [];
  const env = {
    PATH: process.env.PATH ?? "",
    DOMAIN: "localhost",
    APP: upstreams.map((origin) => new URL(origin).host).join(" "),
    META_MTLS: metaAuthority ? "on" : "off",
    EDGE_DIR: join(folder, "used"),
  };
  const run = () => runEdge(script, env, ports.health, (line) => lines.push(line));
  let running = await run();
  return {
    origin: `https://localhost:${ports.https}`,
    httpOrigin: `http://localhost:${ports.http}`,
    folder,
    authority,
    fetch: createTrustingFetch(authority.pem),
    lines,
    readAccessLog: () => readFile(join(folder, "access.log"), "utf8"),
    putCertificate,
    async interrupt(during) {
      await running.cut();
      await during();
      running = await run();
    },
    terminate: () => running.terminate(),
    async stop() {
      await running.cut();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  /** Ends it, and cuts all connections. */
  cut(): Promise<void>;
  terminate(): Promise<void>;
}

async function runEdge(
  script: string,
  env: Readonly<Record<string, string>>,
  healthPort: number,
  onLine: (line: string) => void,
): Promise<Running> {
  const child: ChildProcess = spawn("sh", [script], { env, stdio: ["ignore", "ignore", "pipe"] });
  if (child.stderr) createInterface({ input: child.stderr }).on("line", onLine);
  const exited = once(child, "exit");
  await until("the edge", READY_TIMEOUT_MS, async () =>
    (await fetch(`http://127.0.0.1:${healthPort}/health`)).ok ? true : undefined,
  );
  return {
    async cut() {
      // Its script would give the requests under way some time, and notices an end only after a while.
      const pid = await readFile(`${env["EDGE_DIR"]}/nginx.pid`, "utf8").catch(() => undefined);
      if (pid !== undefined) await endProcess(Number(pid));
      child.kill("SIGKILL");
      await exited;
    },
    async terminate() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function endProcess(pid: number): Promise<void> {
  process.kill(pid, "SIGTERM");
  await until("the end of nginx", READY_TIMEOUT_MS, async () => !isAlive(pid) || undefined);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

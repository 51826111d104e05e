import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { until } from "#dev/stack/until";

const READY_TIMEOUT_MS = 10_000;

export interface Nginx {
  readonly origin: string;
  /** Is away, as if the network were, for as long as this takes. */
  interrupt(during: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts nginx in front of several servers. Any request goes to any of them: nothing sticks. Undefined where there is no nginx,
 * which it says.
 */
export async function startNginx(upstreams: readonly string[]): Promise<Nginx | undefined> {
  if (!(await isInstalled())) {
    process.stderr.write("nginx is not installed: the balancer of the local stack stands in for it\n");
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "wamcp-nginx-"));
  // Its workers are somebody else than the root that may have started it.
  await chmod(folder, 0o777);
  const port = await getPort({ host: "127.0.0.1" });
  await writeFile(join(folder, "nginx.conf"), describe(folder, port, upstreams));
  const origin = `http://127.0.0.1:${port}`;
  let end = await run(folder, origin);
  return {
    origin,
    async interrupt(during) {
      await end();
      await during();
      end = await run(folder, origin);
    },
    async stop() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns ends it, and cuts all connections */
async function run(folder: string, origin: string): Promise<() => Promise<void>> {
  const child = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
  await until("nginx", READY_TIMEOUT_MS, async () =>
    (await fetch(`${origin}/health`)).ok ? true : undefined,
  );
  return async () => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  };
}

async function isInstalled(): Promise<boolean> {
  const child = spawn("nginx", ["-v"], { stdio: "ignore" });
  return Promise.race([once(child, "exit").then(() => true), once(child, "error").then(() => false)]).catch(
    () => false,
  );
}

function describe(folder: string, port: number, upstreams: readonly string[]): string {
  const servers = upstreams.map((origin) => `server ${new URL(origin).host};`).join(" ");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary}
  upstream servers { ${servers} keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      # A request that may have been received is never sent again.
      proxy_next_upstream off;
      proxy_buffering off;
      proxy_read_timeout 75s;
    }
  }
}
`;
}

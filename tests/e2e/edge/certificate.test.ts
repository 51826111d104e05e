import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";
import { createTrustingFetch } from "#tests/helpers/edge/create-trusting-fetch";
import { startEdge, type Edge } from "#tests/helpers/edge/start-edge";
import { startStandIn, type StandIn } from "#tests/helpers/edge/start-stand-in";
import { createCertificate } from "#tests/helpers/tls/create-certificate";

const CERTIFICATE_SCRIPT = fileURLToPath(new URL("../../../deploy/certbot/certificate.sh", import.meta.url));
const EDGE_SCRIPT = fileURLToPath(new URL("../../../deploy/nginx/start.sh", import.meta.url));
const TIMEOUT_MS = 20_000;

describe.runIf(hasPrograms("nginx"))("a certificate that is replaced while the edge runs", () => {
  const streams: ServerResponse[] = [];
  let app: StandIn;
  let edge: Edge;
  beforeEach(async () => {
    app = await startStandIn((_request, response) => {
      streams.push(response);
      response.write("begun ");
    });
    edge = await startEdge({ upstreams: [app.origin] });
  });
  afterEach(async () => {
    await edge.stop();
    await app.stop();
  });

  const readIssuer = () =>
    new Promise<string>((resolve, reject) => {
      const port = Number(new URL(edge.origin).port);
      const options = { host: "127.0.0.1", port, servername: "localhost", rejectUnauthorized: false };
      const socket = connect(options, () => {
        resolve(String(socket.getPeerCertificate().issuer.CN));
        socket.destroy();
      });
      socket.once("error", reject);
    });

  it("is shown to whoever comes, and an answer under way is finished", async () => {
    const answer = await edge.fetch(`${edge.origin}/mcp`, { method: "POST", body: "{}" });
    const issuer = createCertificate({ name: "Next authority" });
    const next = createCertificate({ name: "localhost", issuer });
    await edge.putCertificate(next.keyPem + next.pem);
    await vi.waitFor(async () => expect(await readIssuer()).toBe("Next authority"), TIMEOUT_MS);
    streams[0]?.end("and ended");
    expect(await answer.text()).toBe("begun and ended");
    const later = createTrustingFetch(issuer.pem);
    streams.length = 0;
    const asked = later(`${edge.origin}/health`);
    await vi.waitFor(() => expect(streams).toHaveLength(1), TIMEOUT_MS);
    streams[0]?.end();
    expect((await asked).status).toBe(200);
  });

  it("belongs to a configuration that nginx itself finds good", async () => {
    const env = {
      DOMAIN: "wa.example.com",
      EDGE_DIR: join(edge.folder, "checked"),
      APP: "nowhere.invalid:3000",
    };
    const script = join(edge.folder, "shipped/start.sh");
    for (const META_MTLS of ["off", "on"]) {
      if (META_MTLS === "on") {
        const file = join(edge.folder, "certificates/meta-outbound-api-ca.pem");
        await writeFile(file, edge.authority.pem);
      }
      const { code, stderr } = await runProgram(script, ["--check"], { ...env, META_MTLS });
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("syntax is ok") });
      expect(stderr).not.toContain("[warn]");
    }
    await writeFile(join(edge.folder, "shipped/conf.d/bad.conf"), "nonsense;");
    expect((await runProgram(script, ["--check"], env)).code).toBe(1);
  });

  it("is left alone when it cannot be used", async () => {
    await edge.putCertificate("no certificate");
    await vi.waitFor(() => expect(edge.lines.join("\n")).toContain("cannot be used"), TIMEOUT_MS);
    expect(await readIssuer()).toBe("Test authority");
  });
});

describe.runIf(hasPrograms("openssl"))("certificate.sh", () => {
  let folder: string;
  let env: Record<string, string>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "wamcp-certificate-"));
    env = {
      DOMAIN: "wa.example.com",
      ACME_DIR: join(folder, "acme"),
      ACME_WEBROOT: folder,
      CERTIFICATE_FILE: join(folder, "certificate.pem"),
      PATH: `${folder}/bin:${process.env["PATH"]}`,
    };
    return () => rm(folder, { recursive: true, force: true });
  });
  const read = () => readFile(join(folder, "certificate.pem"), "utf8");

  /** Something in certbot's place: the authority says yes, and the lineage is there, or it says no. */
  async function putCertbot(body: string): Promise<void> {
    await mkdir(join(folder, "bin"), { recursive: true });
    await writeFile(join(folder, "bin/certbot"), `#!/bin/sh\necho "$@" >"${folder}/asked"\n${body}\n`);
    await chmod(join(folder, "bin/certbot"), 0o755);
  }

  it("puts a placeholder where there is nothing, and ends when it is told to", async () => {
    const child = spawn(CERTIFICATE_SCRIPT, ["run"], { env, stdio: "ignore" });
    await vi.waitFor(async () => expect(await read()).toContain("BEGIN CERTIFICATE"), TIMEOUT_MS);
    const { stdout } = await runProgram("openssl", [
      "x509",
      "-in",
      join(folder, "certificate.pem"),
      "-noout",
      "-ext",
      "subjectAltName",
    ]);
    expect(stdout).toContain("DNS:wa.example.com");
    expect(await read()).toContain("PRIVATE KEY");
    child.kill("SIGTERM");
    await once(child, "exit");
  });

  it("asks the authority, puts what it got where nginx reads it, and leaves the same file alone", async () => {
    await putCertbot(
      `mkdir -p "$ACME_DIR/live/wamcp"; cd "$ACME_DIR/live/wamcp"; echo KEY >privkey.pem; echo CHAIN >fullchain.pem`,
    );
    const more = { ...env, ACME_EMAIL: "owner@example.com" };
    expect((await runProgram(CERTIFICATE_SCRIPT, ["renew"], more)).code).toBe(0);
    expect(await read()).toBe("KEY\nCHAIN\n");
    const asked = await readFile(join(folder, "asked"), "utf8");
    for (const word of ["--webroot", "--domain wa.example.com", "--email owner@example.com"]) {
      expect(asked).toContain(word);
    }
    const again = await runProgram(CERTIFICATE_SCRIPT, ["renew"], more);
    expect(again).toMatchObject({ code: 0, stderr: "" });
  });

  it("leaves what is there when the authority says no, and asks nobody without an address", async () => {
    await putCertbot("exit 1");
    await writeFile(join(folder, "certificate.pem"), "OLD");
    const refused = await runProgram(CERTIFICATE_SCRIPT, ["renew"], {
      ...env,
      ACME_EMAIL: "owner@example.com",
    });
    expect(refused.code).toBe(1);
    const unasked = await runProgram(CERTIFICATE_SCRIPT, ["renew"], env);
    expect(unasked).toMatchObject({ code: 0, stderr: expect.stringContaining("no authority is asked") });
    expect(await read()).toBe("OLD");
  });

  it.each([
    ["the edge", EDGE_SCRIPT, []],
    ["certbot", CERTIFICATE_SCRIPT, ["renew"]],
  ])("takes for %s only a host name as DOMAIN", async (_what, script, args) => {
    for (const DOMAIN of ["", "a b", "a;b", "$(id)"]) {
      const { code, stderr } = await runProgram(script, args, { ...env, DOMAIN, EDGE_DIR: folder });
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("DOMAIN") });
    }
  });
});

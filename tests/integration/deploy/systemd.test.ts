import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const UNITS = join(ROOT, "deploy/systemd");
const INSTALLED = "/opt/whatsapp-mcp/";

let folder: string;
const texts = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wamcp-units-"));
  for (const name of await readdir(UNITS)) {
    if (/\.(service|timer)$/.test(name)) texts.set(name, await readFile(join(UNITS, name), "utf8"));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the units", () => {
  it.runIf(hasPrograms("systemd-analyze"))("are understood by systemd, every key of them", async () => {
    // What the units run is looked for too: here it is in the working tree, and there need not be a Docker.
    const docker = join(folder, "docker");
    await writeFile(docker, "#!/bin/sh\n", { mode: 0o755 });
    const paths = [];
    for (const [name, text] of texts) {
      const path = join(folder, name);
      await writeFile(path, text.replaceAll(INSTALLED, ROOT).replaceAll("/usr/bin/docker", docker));
      paths.push(path);
    }
    await writeFile(join(folder, "docker.service"), "[Service]\nExecStart=/bin/true\n");

    const { code, stdout, stderr } = await runProgram("systemd-analyze", ["verify", ...paths]);

    // An unknown key is only a warning to it.
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("name files that exist, and tell somebody when they fail", async () => {
    expect(texts.size).toBeGreaterThanOrEqual(11);
    for (const [name, text] of texts) {
      for (const [, path = ""] of text.matchAll(/\/opt\/whatsapp-mcp\/((?:deploy|docs)\/\S+)/g)) {
        await expect(stat(join(ROOT, path)), `${name}: ${path}`).resolves.toBeTruthy();
      }
      for (const [, path = ""] of text.matchAll(/^Exec\w+=\/opt\/whatsapp-mcp\/(\S+)/gm)) {
        expect((await stat(join(ROOT, path))).mode & 0o111, `${name}: ${path}`).toBe(0o111);
      }
    }
    const services = [...texts.keys()].filter((name) => name.endsWith(".service"));
    const timers = [...texts.keys()].filter((name) => name.endsWith(".timer"));
    expect(services).toEqual(
      expect.arrayContaining(timers.map((name) => name.replace(".timer", ".service"))),
    );
    const silent = services.filter(
      (name) => !texts.get(name)?.includes("\nOnFailure=whatsapp-mcp-failed@%n.service\n"),
    );
    expect(silent).toEqual(["whatsapp-mcp-failed@.service"]);
  });

  it("bring the stack back with the engine, and keep the secrets when they cannot be read anew", () => {
    const stack = texts.get("whatsapp-mcp.service");
    expect(stack).toMatch(/^Requires=docker\.service /m);
    expect(stack).toMatch(/^WantedBy=multi-user\.target docker\.service$/m);
    expect(texts.get("whatsapp-mcp-secrets.service")).toMatch(/^RuntimeDirectoryPreserve=yes$/m);
  });
});

describe("tell-failure", () => {
  const tell = (env: NodeJS.ProcessEnv) =>
    runProgram(join(UNITS, "tell-failure"), ["whatsapp-mcp-backup.service"], {
      WAMCP_RUN_DIR: folder,
      ...env,
    });

  it.runIf(hasPrograms("curl"))("posts which unit failed to the alert address", async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        bodies.push(body);
        response.writeHead(request.url === "/hook" ? 200 : 404).end();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;

    const told = await tell({ ALERT_URL: `http://127.0.0.1:${port}/hook` });
    const untold = await tell({ ALERT_URL: `http://127.0.0.1:${port}/elsewhere` });
    server.close();

    expect(told.code).toBe(0);
    expect(bodies.slice(0, 1).map((body) => JSON.parse(body) as unknown)).toEqual([
      expect.objectContaining({ kind: "unit_failed", unit: "whatsapp-mcp-backup.service" }),
    ]);
    expect(untold.code).not.toBe(0);
    expect(untold.stderr).toContain("whatsapp-mcp-backup.service failed");
  });

  it("says in the journal that nobody was told where there is no address", async () => {
    const { code, stderr } = await tell({ ALERT_URL: "" });

    expect(code).toBe(0);
    expect(stderr).toMatch(/failed on .*\n.*nobody was told/);
  });
});

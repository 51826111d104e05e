import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "#dev/stack/until";
import { createTestDatabase, type TestDatabase } from "#tests/helpers/postgres/create-test-database";
import { layOutImage } from "#tests/helpers/image/lay-out-image";
import { collectInstructions, readDockerfile, readExecForm } from "#tests/helpers/image/read-dockerfile";
import { buildAdmin } from "../../../scripts/build-admin";
import { buildDoctor } from "../../../scripts/build-doctor";
import { buildMigrate } from "../../../scripts/build-migrate";
import { buildSmoke } from "../../../scripts/build-smoke";
import { ensureBuilt } from "../../../scripts/ensure-built";

const SECRETS = {
  "meta-app-secret": "app-secret-value",
  "meta-verify-token": "verify-token-value",
  "meta-access-token": "access-token-value",
  "api-key-pepper": "pepper-value-".repeat(4),
  "api-key-pepper-previous": "",
  "inngest-signing-key": "signkey-prod-" + "5ec5e7".repeat(10),
  "media-url-secret": "media-value-".repeat(4),
};
const STARTED_MS = 30_000;
// As in `deploy/image/start.mjs`: six checks, and each waits for 4 s.
const SILENT_LIMIT = 6;
const HANGING_MS = 120_000;

const instructions = collectInstructions(readDockerfile(), "app");
let folder: string;
let app: string;
let database: TestDatabase;
let variables: Record<string, string>;
let inngest: Server;
let registered: string[] = [];

beforeAll(async () => {
  await Promise.all([ensureBuilt(() => {}), buildAdmin(), buildMigrate(), buildDoctor(), buildSmoke()]);
  folder = await mkdtemp(join(tmpdir(), "image-"));
  [app] = [join(folder, "app"), await mkdir(join(folder, "secrets"))];
  await layOutImage(app);
  database = await createTestDatabase();
  for (const [name, value] of Object.entries({ ...SECRETS, "database-url": database.url }))
    await writeFile(join(folder, "secrets", name), `${value}\n`);
  variables = {
    ...readVariables(),
    TMPDIR: await mkdtemp(join(folder, "tmp-")),
    HOST: "127.0.0.1",
    PORT: String(await getPort()),
    MEDIA_ROOT: join(folder, "media"),
    SECRETS_DIR: join(folder, "secrets"),
    DATABASE_URL: "secrets://database-url",
    META_APP_SECRET: "secrets://meta-app-secret",
    META_VERIFY_TOKEN: "secrets://meta-verify-token",
    META_ACCESS_TOKEN: "secrets://meta-access-token",
    API_KEY_PEPPER: "secrets://api-key-pepper",
    API_KEY_PEPPER_PREVIOUS: "secrets://api-key-pepper-previous",
    MEDIA_URL_SECRET: "secrets://media-url-secret",
    INNGEST_BASE_URL: `http://127.0.0.1:${await serveInngest()}`,
    INNGEST_EVENT_KEY: "an-event-key",
    INNGEST_SIGNING_KEY: "secrets://inngest-signing-key",
    PUBLIC_URL: "https://wa.example.com",
    GRAPH_API_BASE_URL: "http://127.0.0.1:9",
  };
});

afterAll(async () => {
  inngest?.closeAllConnections();
  inngest?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** An Inngest that only takes the list of functions; returns its port. */
async function serveInngest(): Promise<number> {
  inngest = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (request.url === "/fn/register")
        registered = (JSON.parse(body) as { functions: { id: string }[] }).functions.map(({ id }) => id);
      response.setHeader("content-type", "application/json").end('{"ok":true,"status":200,"modified":true}');
    });
  });
  await new Promise<void>((resolve) => inngest.listen(0, "127.0.0.1", resolve));
  return (inngest.address() as AddressInfo).port;
}

/** What ENV says. Node here may be older than the image's, and knows its options all the same. */
function readVariables(): Record<string, string> {
  const pairs = instructions.filter(({ word }) => word === "ENV").flatMap(({ text }) => text.split(/\s+/));
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]));
}

/** Runs an exec form of the Dockerfile as the container would, with the image's folder where it lies here. */
function start(words: readonly string[]): {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
} {
  const [program = "", ...args] = words.map((word) => word.replace(/^\/app\//, `${app}/`));
  const child = spawn(program === "node" ? process.execPath : program, args, {
    cwd: folder,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, output: () => output, ended };
}

const ENTRYPOINT = readExecForm(instructions, "ENTRYPOINT");

async function run(...words: string[]): Promise<{ code: number | null; output: string }> {
  const { ended, output } = start([...ENTRYPOINT, ...words]);
  return { code: await ended, output: output() };
}

async function listFiles(): Promise<string[]> {
  const entries = await readdir(app, { recursive: true, withFileTypes: true });
  return (
    entries
      // A package of which there are two versions lies elsewhere, and a link leads to it.
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(app.length + 1))
      .toSorted()
  );
}

async function listNeeds(from: string): Promise<string[]> {
  const text = await readFile(join(from, "package.json"), "utf8").catch(() => "{}");
  return Object.keys((JSON.parse(text) as { dependencies?: Record<string, string> }).dependencies ?? {});
}

async function digest(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await listFiles()) hash.update(file).update(await readFile(join(app, file)));
  return hash.digest("hex");
}

describe("what is in the image", () => {
  it("is the built server, the programs beside it, the migrations, and nothing else", async () => {
    const files = await listFiles();
    const outside = files.filter((file) => !file.startsWith("server/"));
    expect(outside).toEqual(["LICENSE", "start.mjs"]);
    const server = files.map((file) => file.split("/").slice(0, 2).join("/"));
    expect([...new Set(server)].filter((name) => name.startsWith("server/"))).toEqual([
      "server/chunks",
      "server/index.mjs",
      "server/migrations",
      "server/node_modules",
      "server/package.json",
      "server/wamcp-admin.mjs",
      "server/wamcp-doctor.mjs",
      "server/wamcp-migrate.mjs",
      "server/wamcp-smoke.mjs",
    ]);
    expect(files.filter((file) => /\.(ts|map)$/.test(file))).toEqual([]);
  });

  it("holds none of what only develops or tests it", async () => {
    const files = await listFiles();
    const packages = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/.][^/]*)/.exec(file)?.[1] ?? []);
    const { devDependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
      devDependencies: Record<string, string>;
    };
    // What a package in it needs is no tool of ours, also where we develop with it.
    const needed = await Promise.all(
      [...new Set(packages)].map(async (name) => listNeeds(join(app, "server/node_modules", name))),
    );
    const strays = [...new Set(packages)].filter((name) => !needed.flat().includes(name));
    expect(strays.filter((name) => Object.hasOwn(devDependencies, name))).toEqual([]);
    for (const file of files.filter((name) => name.endsWith(".mjs") && !name.includes("node_modules")))
      expect(await readFile(join(app, file), "utf8"), file).not.toContain("simulator ready");
  });
});

describe("the image's entry point", () => {
  it("says what it knows", async () => {
    const { code, output } = await run("nonsense");
    expect(output).toContain("serve, migrate, admin, doctor, smoke, health, sync");
    expect(code).toBe(2);
  });

  it.each(["admin", "doctor", "smoke"])("runs %s", async (program) => {
    const { code, output } = await run(program, "--help");
    expect(output).toContain(`wamcp-${program}`);
    expect(code).toBe(0);
  });

  it("migrates, serves, is found healthy, and stops, without writing a file of its own", async () => {
    const before = await digest();
    const health = readExecForm(instructions, "HEALTHCHECK");
    expect(await start(health).ended).toBe(1);

    expect(await run("migrate")).toMatchObject({ code: 0 });
    const server = start([...ENTRYPOINT, ...readExecForm(instructions, "CMD")]);
    try {
      await until("a healthy server", STARTED_MS, async () =>
        (await start(health).ended) === 0 ? true : undefined,
      );
      const clients = await run("admin", "clients", "list", "--json");
      expect(clients).toMatchObject({ code: 0 });
      expect(await run("sync")).toEqual({ code: 0, output: "Inngest knows the functions\n" });
      expect(registered).toContain("wamcp-send-message");
      inngest.closeAllConnections();
      await new Promise((resolve) => inngest.close(resolve));
      const { code, output } = await run("sync");
      expect(output).toMatch(/^Inngest was not told: ./);
      expect(code).toBe(1);
    } finally {
      server.child.kill("SIGTERM");
    }
    expect(await server.ended).toBe(0);
    expect(server.output()).toContain("SIGTERM: stopping");
    expect(await digest()).toBe(before);
  });

  it(
    "ends a server that hangs, so that Docker starts it again, and not one that only is not ready",
    async () => {
      const health = readExecForm(instructions, "HEALTHCHECK");
      const check = async (): Promise<number | null> => start(health).ended;
      const server = start([...ENTRYPOINT, ...readExecForm(instructions, "CMD")]);
      try {
        await until("a healthy server", STARTED_MS, async () => ((await check()) === 0 ? true : undefined));
        await database.drop();
        await until("a server that is not ready", STARTED_MS, async () =>
          (await check()) === 1 ? true : undefined,
        );
        for (let checks = 0; checks < SILENT_LIMIT; checks += 1) expect(await check()).toBe(1);
        expect(server.child.exitCode).toBeNull();
        server.child.kill("SIGSTOP");
        for (let checks = 1; checks < SILENT_LIMIT; checks += 1) expect(await check()).toBe(1);
        expect(server.child.signalCode).toBeNull();
        const last = start(health);
        expect(await last.ended).toBe(1);
        expect(last.output()).toContain("was silent 6 times");
        await server.ended;
        expect(server.child.signalCode).toBe("SIGKILL");
      } finally {
        server.child.kill("SIGKILL");
      }
    },
    HANGING_MS,
  );
});

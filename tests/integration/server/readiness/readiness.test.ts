import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "#db/client";
import type { CheckState } from "#server/utils/readiness/check-state";
import { createCachedCheck } from "#server/utils/readiness/create-cached-check";
import { createReadiness, type ReadinessParts } from "#server/utils/readiness/create-readiness";
import { startSimulator, type Simulator } from "#simulator/start-simulator";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";

const ALL_OK = { database: "ok", migrations: "ok", relay: "ok", media: "ok", inngest: "ok", graph: "ok" };

let ctx: TestContext;
let simulator: Simulator;
let inngest: Server;
let folder: string;
let inngestCalls = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  simulator = await startSimulator({
    appSecret: "app-secret",
    verifyToken: "verify-token",
    accessToken: "access-token",
    wabaId: "900",
    numbers: [{ id: "101", display: "15550783881" }],
  });
  inngest = createServer((_request, response) => {
    inngestCalls += 1;
    response.end("ok");
  }).listen(0, "127.0.0.1");
  await once(inngest, "listening");
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "wamcp-ready-"));
  inngestCalls = 0;
  await simulator.removeFaults();
  return () => rm(folder, { recursive: true, force: true });
});

afterAll(async () => {
  inngest.close();
  inngest.closeAllConnections();
  await simulator.close();
  await ctx.close();
});

function open(change: Partial<ReadinessParts["config"]> = {}, parts: Partial<ReadinessParts> = {}) {
  const { config, database, clock } = ctx.system;
  return createReadiness({
    config: {
      graph: { ...config.graph, baseUrl: simulator.url },
      meta: config.meta,
      media: { ...config.media, root: join(folder, "media") },
      inngest: { ...config.inngest, dev: urlOf(inngest) },
      ...change,
    },
    database,
    clock,
    migrationsDir: "db/migrations",
    ...parts,
  });
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const nowhere = async (): Promise<string> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = urlOf(server);
  server.close();
  return url;
};

describe("readiness", () => {
  it("is ready when everything is there, and leaves nothing behind", async () => {
    expect(await open()()).toEqual({ ready: true, checks: ALL_OK, relay_lag_s: 0 });
    expect(await readdir(join(folder, "media"))).toEqual([]);
  });

  it("is not ready without its database, and says so in time", async () => {
    const database = openDatabase({ url: "postgres://nobody:secret@127.0.0.1:1/none" });
    const startedMs = performance.now();
    const readiness = await open({}, { database })();
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    const { migrations: _, relay: __, ...rest } = ALL_OK;
    expect(readiness).toEqual({
      ready: false,
      checks: { ...rest, database: "failed" },
      reasons: { database: "unreachable" },
    });
    await database.close();
  });

  it("is not ready on a database that is older than it, and degraded on a newer one", async () => {
    const migrationsDir = join(folder, "migrations");
    await mkdir(join(migrationsDir, "meta"), { recursive: true });
    const ship = (when: number) =>
      writeFile(join(migrationsDir, "meta/_journal.json"), JSON.stringify({ entries: [{ when }] }));
    await ship(Date.now() + 1e9);
    expect(await open({}, { migrationsDir })()).toMatchObject({
      ready: false,
      checks: { ...ALL_OK, migrations: "failed" },
      reasons: { migrations: "database_older" },
    });
    await ship(1);
    expect(await open({}, { migrationsDir })()).toMatchObject({
      ready: true,
      checks: { ...ALL_OK, migrations: "degraded" },
      reasons: { migrations: "database_newer" },
    });
  });

  it("is not ready when it may not write media", async () => {
    await writeFile(join(folder, "file"), "");
    const media = { ...ctx.system.config.media, root: join(folder, "file") };
    expect(await open({ media })()).toMatchObject({ ready: false, checks: { ...ALL_OK, media: "failed" } });
  });

  it("is ready and degraded without Inngest", async () => {
    const config = { inngest: { ...ctx.system.config.inngest, dev: await nowhere() } };
    expect(await open(config)()).toMatchObject({
      ready: true,
      checks: { ...ALL_OK, inngest: "degraded" },
      reasons: { inngest: "inngest_unreachable" },
    });
  });

  it.each([
    ["with a token that has expired", { kind: "expired_token", on: "other" }, "token_refused"],
    ["while Meta fails", { kind: "http_502_html", on: "other" }, "graph_unreachable"],
    ["while Meta has had enough", { kind: "graph_error", on: "other", code: 4 }, "graph_refused"],
  ] as const)("is ready and degraded %s", async (_name, fault, code) => {
    await simulator.addFault(fault);
    const ready = open();
    expect(await ready()).toMatchObject({
      ready: true,
      checks: { ...ALL_OK, graph: "degraded" },
      reasons: { graph: code },
    });
  });

  it("asks what lies outside seldom, also when many ask at once", async () => {
    const ready = open();
    await Promise.all(Array.from({ length: 20 }, () => ready()));
    await ready();
    expect(inngestCalls).toBe(1);
  });

  it("does not wait for who does not answer", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const config = { inngest: { ...ctx.system.config.inngest, dev: urlOf(silent) } };
    const startedMs = performance.now();
    expect(await open(config)()).toMatchObject({ ready: true, checks: { inngest: "degraded" } });
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    silent.closeAllConnections();
    silent.close();
  });

  it("tells no address, no token and no path", async () => {
    await simulator.addFault({ kind: "expired_token", on: "other" });
    const text = JSON.stringify(await open()());
    for (const secret of ["access-token", "app-secret", "127.0.0.1", folder, "postgres"])
      expect(text).not.toContain(secret);
  });
});

describe("what was found", () => {
  it("is asked for again after a while", async () => {
    const { cached, check, at } = createChecked(async () => ({ state: "ok" }), 60_000);
    await cached();
    at(59_999);
    await cached();
    expect(check).toHaveBeenCalledTimes(1);
    at(60_000);
    await cached();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it("is asked for once while nothing is found, however long that takes", async () => {
    const { cached, check, at } = createChecked(() => new Promise(() => {}), 1_000);
    for (const nowMs of [0, 999, 1_000, 1e9]) {
      at(nowMs);
      void cached();
    }
    expect(check).toHaveBeenCalledTimes(1);
  });

  it("is asked for again after 15 s when it is not ok", async () => {
    const { cached, check, at } = createChecked(async () => ({ state: "degraded", code: "away" }), 60_000);
    await cached();
    at(14_999);
    await cached();
    expect(check).toHaveBeenCalledTimes(1);
    at(15_000);
    await cached();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it("is asked for again at once when the check itself failed", async () => {
    const { cached, check } = createChecked(async () => {
      throw new Error("the check itself");
    }, 60_000);
    await expect(cached()).rejects.toThrow("the check itself");
    await expect(cached()).rejects.toThrow("the check itself");
    expect(check).toHaveBeenCalledTimes(2);
  });
});

function createChecked(find: () => Promise<CheckState>, keepMs: number) {
  let nowMs = 0;
  const check = vi.fn<() => Promise<CheckState>>(find);
  const cached = createCachedCheck(check, keepMs, () => nowMs);
  return {
    cached,
    check,
    at(ms: number) {
      nowMs = ms;
    },
  };
}

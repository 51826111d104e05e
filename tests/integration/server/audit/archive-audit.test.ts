import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { archiveAudit } from "#server/utils/audit/archive-audit";
import { recordAudit } from "#server/utils/audit/record-audit";
import { writeArchiveFile } from "#server/utils/audit/write-archive-file";
import type { SystemContext } from "#server/utils/context";
import { newId } from "#server/utils/ids";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";

const DAY_MS = 24 * 60 * 60_000;
const NOW = new Date("2026-05-20T03:41:00.000Z");

let ctx: TestContext;
let dir: string;
beforeAll(async () => {
  ctx = await createTestContext();
  ctx.clock.set(NOW);
});
afterAll(() => ctx.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "wamcp-audit-"));
  await ctx.sql`delete from audit_log`;
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const systemWith = (keepDays: number): SystemContext => ({
  ...ctx.system,
  config: { ...ctx.system.config, audit: { keepDays, archiveDir: dir } },
});

const record = (daysAgo: number, action: string): Promise<void> =>
  recordAudit(ctx.database.system, {
    at: new Date(NOW.getTime() - daysAgo * DAY_MS),
    actor: "admin",
    action,
    outcome: "ok",
    clientId: newId(),
    detail: { count: 1 },
  });

/** Every line of every file, in the order of the files' names. */
async function readArchive(): Promise<Record<string, unknown>[]> {
  const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith(".gz")).toSorted();
  const lines = await Promise.all(
    files.map(async (file) =>
      gunzipSync(await readFile(join(dir, file)))
        .toString("utf8")
        .trimEnd()
        .split("\n"),
    ),
  );
  return lines.flat().map((line) => JSON.parse(line) as Record<string, unknown>);
}

const listActions = async (): Promise<string[]> =>
  (await ctx.sql<{ action: string }[]>`select action from audit_log order by at, id`).map(
    ({ action }) => action,
  );

describe("archiveAudit", () => {
  it("moves what is older than its days into files, and nothing else", async () => {
    await record(100, "old.first");
    await record(91, "old.second");
    await record(89, "young");
    expect(await archiveAudit(systemWith(90))).toEqual({ rows: 2, files: 1 });
    const archived = await readArchive();
    expect(archived.map(({ action }) => action)).toEqual(["old.first", "old.second"]);
    expect(Object.keys(archived[0] ?? {})).toEqual(
      expect.arrayContaining([
        "id",
        "at",
        "actor",
        "client_id",
        "api_key_id",
        "request_id",
        "latency_ms",
        "detail",
      ]),
    );
    // It is on record itself.
    expect(await listActions()).toEqual(["young", "audit.archived"]);
  });

  it("keeps everything unless it is told otherwise", async () => {
    await record(5000, "old");
    expect(await archiveAudit(systemWith(0))).toEqual({ rows: 0, files: 0 });
    expect(await listActions()).toEqual(["old"]);
  });

  it("deletes nothing that is not on disk", async () => {
    await record(100, "old");
    const file = join(dir, "a-file");
    await writeFile(file, "");
    const broken = {
      ...systemWith(90),
      config: { ...systemWith(90).config, audit: { keepDays: 90, archiveDir: file } },
    };
    await expect(archiveAudit(broken)).rejects.toThrow(/ENOTDIR/);
    expect(await listActions()).toEqual(["old"]);
  });

  it("writes the same file again after it broke off between file and deletion", async () => {
    await record(100, "old");
    const system = systemWith(90);
    const breaking: SystemContext = {
      ...system,
      database: {
        ...ctx.database,
        asArchiver: (work) =>
          ctx.database.asArchiver(async (tx) => {
            await work(tx);
            throw new Error("the power went");
          }),
      },
    };
    await expect(archiveAudit(breaking)).rejects.toThrow("the power went");
    expect(await listActions()).toEqual(["old"]);
    expect(await archiveAudit(system)).toEqual({ rows: 1, files: 1 });
    expect((await readArchive()).map(({ action }) => action)).toEqual(["old"]);
  });

  it("leaves it to another process that is at it", async () => {
    await record(100, "old");
    await ctx.sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(7203)`;
      expect(await archiveAudit(systemWith(90))).toEqual({ rows: 0, files: 0 });
    });
    expect(await listActions()).toEqual(["old"]);
  });

  it("makes no file of nothing", async () => {
    await expect(writeArchiveFile(dir, [])).rejects.toThrow(RangeError);
    expect(await readdir(dir)).toEqual([]);
  });

  it("leaves each row in one file when two processes archive at once", async () => {
    for (let number = 0; number < 40; number += 1) await record(100 + number, `old.${number}`);
    const reports = await Promise.all([archiveAudit(systemWith(90)), archiveAudit(systemWith(90))]);
    expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(40);
    const actions = (await readArchive()).map(({ action }) => action);
    expect(actions).toHaveLength(40);
    expect(new Set(actions).size).toBe(40);
  });
});

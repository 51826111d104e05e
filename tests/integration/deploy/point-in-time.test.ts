import { chmod, copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { until } from "#dev/stack/until";
import { findPostgresClient } from "#tests/helpers/deploy/find-postgres-client";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { NEEDED, openHost, type Host } from "./backup-setup";

const pgBin = findPostgresClient();
const isTestable = hasPrograms(...NEEDED) && pgBin !== undefined;
const SETTINGS = fileURLToPath(new URL("../../../deploy/backup/archive-wal.sql", import.meta.url));
const TIMEOUT_MS = 15_000;

let host: Host;
let server: LocalPostgres;
let wal: string;

async function query<T extends object>(from: LocalPostgres, text: string): Promise<T[]> {
  const sql = postgres(from.url(), { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe<T[]>(text))];
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function run(script: string, args: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await host.run(script, server.url(), args, { WAL_DIR: wal });
  expect(code, `${script}: ${stderr}`).toBe(0);
  return stdout;
}

/** Has PostgreSQL finish the piece of the log it is at, and waits until that was archived. */
async function archiveLog(): Promise<void> {
  const [piece] = await query<{ name: string }>(
    server,
    "select pg_walfile_name(pg_current_wal_lsn()) as name, pg_switch_wal()",
  );
  await until("the log to be archived", TIMEOUT_MS, async () =>
    (await readdir(wal)).includes(piece?.name ?? "") ? true : undefined,
  );
}

async function readTime(): Promise<string> {
  const [moment] = await query<{ time: string }>(server, "select clock_timestamp()::text as time");
  return moment?.time ?? "";
}

async function readDiary(): Promise<string[]> {
  return (await query<{ entry: string }>(server, "select entry from diary")).map(({ entry }) => entry);
}

/** Stops the server and goes on with one that was recovered into a folder of that name. */
async function recover(name: string, args: readonly string[]): Promise<void> {
  await server.stop();
  const folder = join(host.folder, name);
  await mkdir(folder);
  await run("prepare-recovery", ["--identity", host.identity, ...args, folder]);
  await copyFile(join(host.folder, "data.password"), `${folder}.password`);
  server = await startPostgres({ dataDir: folder, settings: { archive_mode: "on" } });
  await until("the end of the recovery", TIMEOUT_MS, async () => {
    const [state] = await query<{ done: boolean }>(server, "select not pg_is_in_recovery() as done");
    return state?.done || undefined;
  });
}

describe.runIf(isTestable)("point-in-time recovery", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    host = await openHost(pgBin ?? "");
    await chmod(host.folder, 0o755);
    wal = join(host.folder, "wal");
    await mkdir(wal);
    await chmod(wal, 0o777);
    server = await startPostgres({ dataDir: join(host.folder, "data"), settings: { archive_mode: "on" } });
    // The very command of production, in another folder.
    const settings = (await readFile(SETTINGS, "utf8")).replaceAll("/wal/", `${wal}/`);
    for (const statement of settings.split(/;$/m)) await query(server, statement);
    await query(server, "select pg_reload_conf()");
  });

  afterAll(async () => {
    await server.stop();
    await host.close();
  });

  it("goes back to a moment before a mistake, then to a later one, and then on from the first", async () => {
    await query(server, "create table diary (entry text); insert into diary values ('before the copy')");
    await run("base-backup");
    await query(server, "insert into diary values ('after the copy')");
    await archiveLog();
    expect(await run("ship-wal")).toMatch(/^[1-9]\d* pieces/);
    expect((await readdir(wal)).filter((name) => !name.endsWith(".backup"))).toEqual([]);
    const early = await readTime();
    await query(server, "insert into diary values ('the mistake')");
    const late = await readTime();
    await query(server, "insert into diary values ('too late')");
    await archiveLog();
    await run("ship-wal");

    await recover("first", ["--to", early]);
    expect(await readDiary()).toEqual(["before the copy", "after the copy"]);
    await rm(join(host.folder, "first/restored_wal"), { recursive: true });
    const firstCopy = (await readdir(join(host.backups, "base")))[0] ?? "";
    await run("base-backup");
    await query(server, "insert into diary values ('after the recovery')");
    await archiveLog();
    await run("ship-wal");

    await recover("second", ["--to", late, "--base", join(host.backups, "base", firstCopy)]);
    expect(await readDiary()).toEqual(["before the copy", "after the copy", "the mistake"]);
    await run("ship-wal");

    // As far as the log goes: the time of the first recovery is in the settings that were copied.
    await recover("third", []);
    expect(await readDiary()).toEqual(["before the copy", "after the copy", "after the recovery"]);
  });
});

import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "#tests/helpers/postgres/create-test-database";
import { findPostgresClient } from "#tests/helpers/deploy/find-postgres-client";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";
import { hashFiles, NEEDED, openHost, type Host } from "./backup-setup";

const pgBin = findPostgresClient();
const isTestable = hasPrograms(...NEEDED) && pgBin !== undefined;

let database: TestDatabase;
let host: Host;

const listBackups = async () => (await readdir(host.backups)).filter((name) => !name.startsWith(".")).sort();
const nameOf = (date: Date) => `whatsapp-mcp-${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

describe.runIf(isTestable)("keeping backups", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    database = await createTestDatabase();
    host = await openHost(pgBin ?? "");
  });

  beforeEach(async () => {
    await rm(host.backups, { recursive: true, force: true });
  });

  afterAll(async () => {
    await database.drop();
    await host.close();
  });

  it("keeps the newest of each of the last days and weeks, and touches nothing else", async () => {
    const dayMs = 86_400_000;
    const noon = new Date(new Date().toISOString().slice(0, 10)).getTime() - dayMs / 2;
    const days = Array.from({ length: 90 }, (_, index) => new Date(noon - index * dayMs));
    const twice = new Date(noon - 3_600_000);
    for (const date of [...days, twice]) await mkdir(join(host.backups, nameOf(date)), { recursive: true });
    await mkdir(join(host.backups, "wal"));
    await writeFile(join(host.backups, "whatsapp-mcp-notes"), "");

    const made = await host.backUp(database.url, { BACKUP_KEEP_DAILY: "5", BACKUP_KEEP_WEEKLY: "4" });

    const left = await listBackups();
    expect(left).toEqual(expect.arrayContaining(["wal", "whatsapp-mcp-notes", made.split("/").at(-1)]));
    // Today's and four days before it, and of the weeks before those the newest each.
    for (const date of days.slice(0, 4)) expect(left).toContain(nameOf(date));
    expect(left).not.toContain(nameOf(twice));
    const kept = left.length - 2;
    expect(kept).toBeGreaterThanOrEqual(7);
    expect(kept).toBeLessThanOrEqual(8);
  });

  it("copies each backup away, and says loudly when it cannot", async () => {
    const away = join(host.folder, "away");
    await mkdir(away, { recursive: true });
    await mkdir(join(host.folder, "bin"), { recursive: true });
    // What the programs do is theirs; how they are called, and that their failure counts, is ours.
    const fake = join(host.folder, "bin", "rclone");
    await writeFile(
      fake,
      '#!/bin/sh\necho "$@" >>"$CALLS"\n[ "$1" != copy ] || cp -r "$3" "${4#remote:}"\nexit "${FAKE:-0}"\n',
      { mode: 0o755 },
    );
    const env = (more: NodeJS.ProcessEnv) => ({
      PATH: `${join(host.folder, "bin")}:${process.env["PATH"]}`,
      CALLS: join(host.folder, "calls"),
      ...more,
    });

    const made = await host.backUp(database.url, env({ BACKUP_REMOTE: `rclone:remote:${away}` }));
    expect(await hashFiles(join(away, made.split("/").at(-1) ?? ""))).toEqual(await hashFiles(made));

    await rm(host.backups, { recursive: true });
    const failed = await host.run(
      "backup",
      database.url,
      [],
      env({ BACKUP_REMOTE: `rclone:remote:${away}`, FAKE: "1" }),
    );
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining("could NOT be copied") });
    expect(await listBackups()).toHaveLength(1);
  });

  it.runIf(hasPrograms("rsync"))("copies with rsync", async () => {
    const made = await host.backUp(database.url, { BACKUP_REMOTE: `rsync:${host.folder}/mirror` });

    expect(await hashFiles(join(host.folder, "mirror", made.split("/").at(-1) ?? ""))).toEqual(
      await hashFiles(made),
    );
  });

  it("leaves nothing behind when it fails", async () => {
    const nowhere = new URL(inject("postgresUrl"));
    nowhere.pathname = "/there_is_no_such_database";

    const failed = await host.run("backup", nowhere.href);

    expect(failed.code).toBe(1);
    expect(await listBackups()).toEqual([]);
    expect(await readdir(host.backups)).toEqual([".lock"]);
    expect(failed.stdout + failed.stderr).not.toContain(nowhere.password);
  });

  it("reports files that the database names and nobody has", async () => {
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    await sql`create table media_objects (path text, sha256 text, state text)`;
    const [path, hash] = Object.entries(await hashFiles(join(host.folder, "media")))[0] ?? [];
    await sql`insert into media_objects values (${path ?? ""}, ${hash ?? ""}, 'ready'),
      ('gone.jpg', 'ab', 'ready'), ('not-yet.jpg', null, 'pending')`;
    await sql.end({ timeout: 5 });

    const { code, stdout, stderr } = await host.run("backup", database.url);

    expect(code).toBe(0);
    expect(stderr).toContain("media/gone.jpg (missing)");
    expect(stderr).not.toMatch(/not-yet|other bytes/);
    const verified = await host.run("verify-backup", database.url, [
      "--identity",
      host.identity,
      stdout.trim(),
    ]);
    expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining("media/gone.jpg (missing)") });
  });

  it("counts the very moment that it dumps, while others write", async () => {
    const busy = await createTestDatabase();
    const sql = postgres(busy.url, { max: 1, onnotice: () => {} });
    await sql`create table diary (entry int)`;
    const stop = new AbortController();
    const write = async () => {
      let written = 0;
      for (; !stop.signal.aborted && written < 100_000; written += 1)
        await sql`insert into diary values (${written})`;
      return written;
    };
    const writing = write();

    const made = await host.backUp(busy.url);
    stop.abort();

    expect(await writing).toBeGreaterThan(10);
    const { stdout, code } = await host.run("verify-backup", busy.url, ["--identity", host.identity, made]);
    expect(code, stdout).toBe(0);
    await sql.end({ timeout: 5 });
    await busy.drop();
  });

  it("does not show the database's password to other users of the host", async () => {
    const spy = join(host.folder, "spy");
    await mkdir(spy);
    for (const program of ["psql", "pg_dump"]) {
      const real = join(pgBin ?? "", program);
      await writeFile(join(spy, program), `#!/bin/sh\necho "$0 $*" >>"${spy}/calls"\nexec "${real}" "$@"\n`, {
        mode: 0o755,
      });
    }

    await host.backUp(database.url, { PG_BIN: spy });

    const { stdout } = await runProgram("cat", [join(spy, "calls")]);
    expect(stdout).toContain("pg_dump");
    expect(stdout).not.toContain(new URL(database.url).password);
  });
});

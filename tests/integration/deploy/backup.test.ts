import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { findPostgresClient } from "#tests/helpers/deploy/find-postgres-client";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";
import { sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { seedTenants } from "#tests/helpers/server/seed-tenants";
import { plantRows } from "../db/planted-rows";
import { hashFiles, makeIdentity, NEEDED, openHost, readTables, type Host } from "./backup-setup";

const pgBin = findPostgresClient();
const isTestable = hasPrograms(...NEEDED) && pgBin !== undefined;

/**
 * Roles belong to the whole server of the tests, so it is this file's own, and named so that others can leave it out. A backup
 * takes only what is named after the product.
 */
const LOGIN = `wamcp_test_${randomBytes(6).toString("hex")}`;

let ctx: TestContext;
let host: Host;
/** Another server, which has never heard of the product: what is restored there brings everything along. */
let fresh: LocalPostgres;
let backup: string;

const identity = () => ["--identity", host.identity];

async function createDatabase(name: string): Promise<string> {
  const sql = postgres(fresh.url(), { max: 1, onnotice: () => {} });
  await sql`create database ${sql(name)}`;
  await sql.end({ timeout: 5 });
  return fresh.url(name);
}

async function query<T extends object>(url: string, text: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const rows = await sql.unsafe<T[]>(text);
  await sql.end({ timeout: 5 });
  return [...rows];
}

/** Empty folders to restore to, and the environment that names them. */
async function emptyFolders(name: string) {
  const folders = {
    MEDIA_DIR: join(host.folder, name, "media"),
    AUDIT_DIR: join(host.folder, name, "audit"),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return folders;
}

/** A copy of the backup that a test may spoil. */
async function copyBackup(name: string): Promise<string> {
  const copy = join(host.folder, name);
  await cp(backup, copy, { recursive: true });
  return copy;
}

async function rewriteSums(folder: string): Promise<void> {
  await runProgram("bash", ["-c", 'cd "$1" && sha256sum *.age > SHA256SUMS', "bash", folder]);
}

describe.runIf(isTestable)("a backup", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    host = await openHost(pgBin ?? "");
    ctx = await createTestContext();
    const tenants = await seedTenants(ctx);
    await plantRows(ctx, tenants);
    // Queued, and not sent yet.
    const { ann, numbers } = tenants;
    await sendAs(ctx, ann, {
      to: "+16505550009",
      body: "late",
      phone_number_id: numbers.ann.waPhoneNumberId,
    });
    await query(ctx.url, `create role ${LOGIN} login; grant wamcp_client to ${LOGIN} with inherit false`);
    fresh = await startPostgres({ settings: { fsync: "off" } });
    backup = await host.backUp(ctx.url);
  });

  afterAll(async () => {
    await fresh.stop();
    await query(ctx.url, `drop role ${LOGIN}`);
    await ctx.close();
    await host.close();
  });

  it("brings everything back on a server that has nothing", async () => {
    const url = await createDatabase("moved");
    const folders = await emptyFolders("moved");

    const ending = await host.run("restore", url, [...identity(), "--resume-sends", backup], folders);

    expect(ending).toMatchObject({ code: 0, stderr: "" });
    const before = await readTables(ctx.url);
    expect(Object.keys(before).length).toBeGreaterThan(15);
    expect(await readTables(url)).toEqual(before);
    expect(await hashFiles(folders.MEDIA_DIR)).toEqual(await hashFiles(join(host.folder, "media")));
    expect(await hashFiles(folders.AUDIT_DIR)).toEqual(await hashFiles(join(host.folder, "audit")));
    expect(Object.keys(await hashFiles(folders.MEDIA_DIR))).toHaveLength(4);
    // Numbers go on where they were: a change feed that began again would be taken for an old one.
    const last = "select schemaname, sequencename, last_value from pg_sequences order by 1, 2";
    expect(await query(url, last)).toEqual(await query(ctx.url, last));
    // Roles too, without passwords.
    const member = `select pg_has_role('${LOGIN}', 'wamcp_client', 'set') as set,
      pg_has_role('${LOGIN}', 'wamcp_client', 'usage') as inherited,
      (select rolcanlogin and rolpassword is null from pg_authid where rolname = '${LOGIN}') as login`;
    expect(await query(url, member)).toEqual([{ set: true, inherited: false, login: true }]);
    // Rights came along, and with them the walls between tenants.
    const walls = `select relname::text, relacl::text, relrowsecurity, relforcerowsecurity,
        array(select polname || pg_get_expr(polqual, polrelid) from pg_policy where polrelid = c.oid order by 1)
      from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`;
    expect(await query(url, walls)).toEqual(await query(ctx.url, walls));
  });

  it("does not send what was queued a second time, unless it is told that nothing ran since", async () => {
    const url = await createDatabase("rescued");

    await host.run("restore", url, [...identity(), backup], await emptyFolders("rescued"));

    const waiting = "select status, uncertain_policy from messages where uncertain_at is not null";
    expect(await query(url, waiting)).toEqual([{ status: "sending", uncertain_policy: "give_up" }]);
    expect(await query(url, "select id from messages where status = 'queued'")).toEqual([]);
    expect(await query(ctx.url, "select status from messages where status = 'queued'")).toHaveLength(1);
  });

  it("replaces what is there only when it is told to, and not under a running server", async () => {
    const url = await createDatabase("busy");
    const folders = await emptyFolders("busy");
    await query(url, "create table public.other (id int); create schema drizzle");
    await writeFile(join(folders.MEDIA_DIR, "other.jpg"), "other");
    const restore = (...more: string[]) =>
      host.run("restore", url, [...identity(), "--resume-sends", ...more, backup], folders);

    expect(await restore()).toMatchObject({ code: 1, stderr: expect.stringContaining("not empty") });
    await query(url, "drop table public.other");
    expect((await restore()).stderr).toContain(folders.MEDIA_DIR);
    const server = postgres(url, { max: 1, connection: { application_name: "wamcp:wamcp_system" } });
    await server`select 1`;
    expect((await restore("--force")).stderr).toContain("stop it first");
    await server.end({ timeout: 5 });
    expect(await readdir(folders.MEDIA_DIR)).toEqual(["other.jpg"]);

    expect(await restore("--force")).toMatchObject({ code: 0 });
    expect(await readTables(url)).toEqual(await readTables(ctx.url));
    expect(await hashFiles(folders.MEDIA_DIR)).toEqual(await hashFiles(join(host.folder, "media")));
  });

  it("opens only with its key, and holds nothing that can be read", async () => {
    const other = await makeIdentity(host.folder, "other");
    const parts = await readdir(backup);
    expect(parts.filter((name) => !name.endsWith(".age"))).toEqual(["SHA256SUMS"]);
    expect(parts).toHaveLength(7);
    for (const part of parts.filter((name) => name.endsWith(".age"))) {
      const open = (key: string) =>
        runProgram("age", ["-d", "-i", key, "-o", "/dev/null", join(backup, part)]);
      expect((await open(host.identity)).code, part).toBe(0);
      expect((await open(other)).code, part).toBe(1);
      const bytes = await readFile(join(backup, part));
      expect(bytes.includes("canary"), part).toBe(false);
    }
    const ending = await host.run("verify-backup", fresh.url(), ["--identity", other, backup]);
    expect(ending).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be opened") });
  });

  it("has the encrypted secrets and the settings", async () => {
    const script = 'age -d -i "$1" "$2/configuration.tar.age" | tar -xO secrets.age';
    const { stdout } = await runProgram("bash", ["-c", script, "bash", host.identity, backup]);

    expect(stdout).toBe(await readFile(join(host.folder, "secrets.age"), "utf8"));
  });

  it("is verified by a restore beside the database, which leaves nothing behind", async () => {
    const ending = await host.run("verify-backup", fresh.url(), identity());

    expect(ending).toMatchObject({ code: 0, stderr: "" });
    expect(ending.stdout).toMatch(/ \d+ tables with \d+ rows and 5 files are as they were\.$/m);
    expect(
      await query(fresh.url(), "select datname from pg_database where datname like 'wamcp_verify%'"),
    ).toEqual([]);
  });

  it.each(["database.dump.age", "media.tar.zst.age", "manifest.age"])(
    "is refused when %s was cut off or changed, also by somebody who mends the list",
    async (part) => {
      const url = await createDatabase(`spoiled_${part.replaceAll(/\W/g, "_")}`);
      const spoiled = await copyBackup(`spoiled-${part}`);
      const path = join(spoiled, part);
      const whole = await readFile(path);
      const folders = await emptyFolders(`target-${part}`);
      const refuse = async () => {
        const ending = await host.run("restore", url, [...identity(), spoiled], folders);
        expect(ending.code).toBe(1);
        expect(await readTables(url)).toEqual({});
        expect(await readdir(folders.MEDIA_DIR)).toEqual([]);
        return ending.stderr;
      };

      await truncate(path, whole.length - 10);
      expect(await refuse()).toContain("is damaged");
      await rewriteSums(spoiled);
      expect(await refuse()).toContain("cannot be opened");
      const middle = Math.floor(whole.length / 2);
      await writeFile(path, whole.fill((whole[middle] ?? 0) ^ 1, middle, middle + 1));
      await rewriteSums(spoiled);
      expect(await refuse()).toContain("cannot be opened");
      await rm(path);
      expect(await refuse()).toContain("is damaged");
    },
  );

  it.each([
    ["a wrong number of rows", /^(table\tpublic\.messages\t)\d+/m, "$1999"],
    ["a wrong checksum", /^(table\tpublic\.messages\t\d+\t).*/m, "$11"],
    ["a file with other bytes", /^file\t[0-9a-f]{64}(\tmedia\/.*big\.jpg)/m, `file\t${"0".repeat(64)}$1`],
    ["a file too many", /^(file\t[0-9a-f]{64})(\tmedia\/.*big\.jpg)/m, "$1$2\n$1\tmedia/lost.jpg"],
  ])("is found out when it has %s", async (what, from, to) => {
    const wrong = await copyBackup(`wrong-${what.replaceAll(" ", "-")}`);
    const path = join(wrong, "manifest.age");
    const { stdout } = await runProgram("age", ["-d", "-i", host.identity, path]);
    expect(stdout).toMatch(from);
    await runProgram("age", ["-R", `${host.identity}.pub`, "-o", path], {}, stdout.replace(from, to));
    await rewriteSums(wrong);

    const ending = await host.run("verify-backup", fresh.url(), [...identity(), wrong]);

    expect(ending).toMatchObject({ code: 1, stdout: expect.stringContaining("NOT what its manifest says") });
  });
});

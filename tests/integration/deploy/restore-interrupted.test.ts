import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { findPostgresClient } from "#tests/helpers/deploy/find-postgres-client";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";
import { hashFiles, NEEDED, openHost, type Host } from "./backup-setup";

const RESTORE = fileURLToPath(new URL("../../../deploy/backup/restore", import.meta.url));
const pgBin = findPostgresClient();

let host: Host;
let server: LocalPostgres;
let backup: string;

async function query(name: string, text: string): Promise<unknown[]> {
  const sql = postgres(server.url(name), { max: 1, onnotice: () => {} });
  const rows = await sql.unsafe(text);
  await sql.end({ timeout: 5 });
  return [...rows];
}

/** A folder in which a program does what it does, and besides runs `more`. */
async function wrap(folder: string, program: string, real: string, more: string): Promise<void> {
  const path = join(folder, program);
  await mkdir(folder, { recursive: true });
  await writeFile(path, `#!/bin/bash\n${more.replace("REAL", `"${real}" "$@"`)}\n`);
  await chmod(path, 0o755);
}

/** Restores over what another database and other folders hold. `before` runs in the process that becomes `restore`. */
async function restore(name: string, env: NodeJS.ProcessEnv) {
  await query("postgres", `create database ${name}`);
  await query(name, "create table notes (text text); insert into notes values ('old')");
  const folders = {
    MEDIA_DIR: join(host.folder, name, "media"),
    AUDIT_DIR: join(host.folder, name, "audit"),
  };
  for (const folder of Object.values(folders)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "old"), "old");
  }
  const options = ["--identity", host.identity, "--resume-sends", "--force", backup];
  const script = 'echo $$ >"$STATE/pid"; exec "$0" "$@"';
  const ending = await runProgram("bash", ["-c", script, RESTORE, ...options], {
    WAMCP_CONFIG_DIR: host.folder,
    BACKUP_DATABASE_URL: server.url(name),
    PG_BIN: pgBin,
    STATE: join(host.folder, name),
    ...folders,
    ...env,
  });
  return { ...ending, folders, notes: await query(name, "select text from notes") };
}

describe.runIf(hasPrograms(...NEEDED) && pgBin !== undefined)(
  "a restore that is interrupted",
  { timeout: 60_000 },
  () => {
    beforeAll(async () => {
      host = await openHost(pgBin ?? "");
      server = await startPostgres({ settings: { fsync: "off" } });
      await query("postgres", "create database origin");
      await query("origin", "create table notes (text text); insert into notes values ('new')");
      backup = await host.backUp(server.url("origin"));
    });

    afterAll(async () => {
      await server.stop();
      await host.close();
    });

    const expectBackup = async ({ folders, notes }: Awaited<ReturnType<typeof restore>>) => {
      expect(notes).toEqual([{ text: "new" }]);
      expect(await hashFiles(folders.MEDIA_DIR)).toEqual(await hashFiles(join(host.folder, "media")));
      expect(await hashFiles(folders.AUDIT_DIR)).toEqual(await hashFiles(join(host.folder, "audit")));
      expect(await readdir(folders.AUDIT_DIR)).toEqual(["2026-10.jsonl"]);
    };

    it("while it commits goes on to its end", async () => {
      const bin = join(host.folder, "commits");
      const kill = '[[ ! -e $MEDIA_DIR/.restoring ]] || kill -TERM "$(<"$STATE/pid")"';
      for (const program of ["psql", "pg_restore"])
        await wrap(bin, program, join(pgBin ?? "", program), `REAL; ${kill}`);

      const ending = await restore("commits", { PG_BIN: bin });

      expect(ending).toMatchObject({ code: 0 });
      await expectBackup(ending);
    });

    it.each(["HUP", "TERM"])("by %s while files are moved goes on to its end", async (signal) => {
      const name = `moves_${signal.toLowerCase()}`;
      const bin = join(host.folder, name, "bin");
      await wrap(bin, "mv", "/bin/mv", `kill -${signal} "$(<"$STATE/pid")"; REAL`);

      const ending = await restore(name, { PATH: `${bin}:${process.env["PATH"]}` });

      expect(ending).toMatchObject({ code: 0, stderr: "" });
      await expectBackup(ending);
    });

    it("by a file system that fails keeps what was there, says so, and can be repeated", async () => {
      const bin = join(host.folder, "fails/bin");
      await wrap(bin, "mv", "/bin/mv", "[[ $* != */.restoring/* ]] || exit 1; REAL");

      const ending = await restore("fails", { PATH: `${bin}:${process.env["PATH"]}` });

      expect(ending).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("restore once more, with --force"),
      });
      expect(await readdir(join(ending.folders.MEDIA_DIR, ".replaced"))).toEqual(["old"]);
      expect(await readdir(ending.folders.MEDIA_DIR)).toContain(".restoring");
      const options = ["--identity", host.identity, "--resume-sends", "--force", backup];
      const again = await host.run("restore", server.url("fails"), options, ending.folders);
      expect(again).toMatchObject({ code: 0 });
      await expectBackup(ending);
    });
  },
);

import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { runProgram, type Ending } from "#tests/helpers/deploy/run-program";

const DEPLOY = fileURLToPath(new URL("../../../deploy/backup/", import.meta.url));
export const NEEDED = ["bash", "age", "age-keygen", "zstd", "tar", "flock"] as const;

/** A host that is backed up: its folders, its keys, and the scripts. */
export interface Host {
  readonly folder: string;
  readonly backups: string;
  readonly identity: string;
  /** Runs one of the scripts against a database; `more` is added to its environment. */
  run(script: string, url: string, args?: readonly string[], more?: NodeJS.ProcessEnv): Promise<Ending>;
  /** Makes a backup and returns its folder. */
  backUp(url: string, more?: NodeJS.ProcessEnv): Promise<string>;
  close(): Promise<void>;
}

/** @param pgBin the folder of pg_dump and psql */
export async function openHost(pgBin: string): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), "wamcp-backup-"));
  const backups = join(folder, "backups");
  const identity = await makeIdentity(folder, "owner");
  await plantFiles(folder);
  const run: Host["run"] = (script, url, args = [], more = {}) =>
    runProgram(join(DEPLOY, script), args, {
      WAMCP_CONFIG_DIR: folder,
      BACKUP_DIR: backups,
      BACKUP_RECIPIENTS: `${identity}.pub`,
      BACKUP_DATABASE_URL: url,
      PG_BIN: pgBin,
      MEDIA_DIR: join(folder, "media"),
      AUDIT_DIR: join(folder, "audit"),
      ...more,
    });
  return {
    folder,
    backups,
    identity,
    run,
    async backUp(url, more) {
      const { code, stdout, stderr } = await run("backup", url, [], more);
      if (code !== 0) throw new Error(`The backup failed with ${code}: ${stderr}`);
      return stdout.trim();
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A private key, and its public one beside it in `.pub`. */
export async function makeIdentity(folder: string, name: string): Promise<string> {
  const path = join(folder, `${name}.key`);
  await runProgram("age-keygen", ["-o", path]);
  await writeFile(`${path}.pub`, (await runProgram("age-keygen", ["-y", path])).stdout);
  return path;
}

async function plantFiles(folder: string): Promise<void> {
  const files: Record<string, Buffer | string> = {
    "media/101/2026/11/big.jpg": randomBytes(3_000_000),
    "media/101/2026/11/empty.bin": "",
    "media/102/2026/10/note with spaces 'and' ünïcode.pdf": randomBytes(1_000),
    // What grows here is not complete, and belongs to no row yet.
    "media/.incoming/half.part": "half a file",
    "audit/2026-10.jsonl": '{"action":"message.send"}\n',
    "secrets.age": "an encrypted file",
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  // The server keeps bytes once: a second message with the same file is another name of it.
  await link(join(folder, "media/101/2026/11/big.jpg"), join(folder, "media/102/2026/10/again.jpg"));
}

/** Every file below a folder with the hash of its bytes; those of the scripts and of half a file are left out. */
export async function hashFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hashes: Record<string, string> = {};
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!name.startsWith(".incoming")) {
      hashes[name] = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
    }
  }
  return hashes;
}

/** Every table with its number of rows and a digest of them. */
export async function readTables(url: string): Promise<Record<string, string>> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } });
  try {
    const names = await sql<{ name: string }[]>`
      select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
      where schemaname in ('public', 'drizzle') order by 1`;
    const tables: Record<string, string> = {};
    for (const { name } of names) {
      const rows = await sql.unsafe(
        `select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as digest from ${name} t`,
      );
      tables[name] = String(rows[0]?.["digest"]);
    }
    return tables;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

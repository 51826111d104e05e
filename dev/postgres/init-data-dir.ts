import { execFile, type ExecFileException } from "node:child_process";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { dataDirArgument } from "./data-dir-argument";
import type { RunFolder } from "./open-run-folder";
import type { RunUser } from "./find-run-user";
import { programEnv } from "./program-env";

/** What `initDataDir` needs. */
export interface InitOptions {
  /** The folder of PostgreSQL's programs. */
  readonly bin: string;
  /** The data folder to make. */
  readonly dataDir: string;
  readonly password: string;
  readonly run: RunFolder;
  readonly user: RunUser | undefined;
}

/**
 * Makes a new data folder: UTF-8, locale C.UTF-8, superuser `postgres`, SCRAM passwords for every connection.
 *
 * @throws Error with initdb's own words
 */
export async function initDataDir({ bin, dataDir, password, run, user }: InitOptions): Promise<void> {
  const passwordFile = join(run.path, "password");
  await mkdir(dataDir, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: "wx" });
  if (user !== undefined) {
    await chown(dataDir, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const args = [
    `--pgdata=${await dataDirArgument(dataDir, user)}`,
    "--username=postgres",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    ...localeArguments(),
    "--no-sync",
    "--no-instructions",
  ];
  await runInitdb(join(bin, "initdb"), args, { cwd: dataDir, run, user });
  await rm(passwordFile);
}

function localeArguments(): string[] {
  // macOS has no C.UTF-8; its character classes of that name are called UTF-8 and the order is C's either way.
  return process.platform === "darwin"
    ? ["--locale=C", "--lc-ctype=UTF-8"]
    : ["--locale=C.UTF-8", "--lc-messages=C"];
}

interface Place {
  readonly cwd: string;
  readonly run: RunFolder;
  readonly user: RunUser | undefined;
}

async function runInitdb(program: string, args: string[], { cwd, run, user }: Place): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = execFile(program, args, { cwd, env: programEnv(), ...user }, (error, _stdout, stderr) => {
      run.watchdog.watch(undefined);
      if (error === null) resolve();
      else reject(initdbError(error, stderr));
    });
    run.watchdog.watch(child.pid);
  });
}

function initdbError(cause: ExecFileException, stderr: string): Error {
  // The loader is missing, not the program: the binaries are linked against glibc.
  const hint = cause.code === "ENOENT" ? " On Alpine and other systems without glibc, set DATABASE_URL." : "";
  return new Error(`initdb failed: ${stderr.trim() || cause.message}.${hint}`, { cause });
}

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { isRequiredProgram } from "./is-required-program";

const OLDEST_VERSION = 16;
const SYSTEM = "/usr/lib/postgresql";
/** Where .ci/fetch-postgres-client puts them. */
const FETCHED = fileURLToPath(new URL("../../../node_modules/.cache/postgres-client/bin", import.meta.url));

/**
 * Finds PostgreSQL's clients of version 16 or newer: an older pg_dump refuses the server of the tests.
 *
 * @returns the folder of pg_dump and psql; undefined where there is none, which it says
 * @throws Error when there is none and pg_dump has to be there (WAMCP_REQUIRE_PROGRAMS)
 */
export function findPostgresClient(): string | undefined {
  const folder = [...listSystemFolders(), "/usr/bin", FETCHED].find(isNewEnough);
  if (folder === undefined) {
    if (isRequiredProgram("pg_dump"))
      throw new Error("not found, and has to be there: pg_dump of 16 or newer");
    process.stderr.write(
      "NOT TESTED: no pg_dump of 16 or newer; .ci/fetch-postgres-client gets one on Debian\n",
    );
  }
  return folder;
}

function listSystemFolders(): string[] {
  try {
    return readdirSync(SYSTEM).map((version) => join(SYSTEM, version, "bin"));
  } catch {
    return [];
  }
}

function isNewEnough(folder: string): boolean {
  try {
    const answer = execFileSync(join(folder, "pg_dump"), ["--version"], { encoding: "utf8", stdio: "pipe" });
    return Number(/ (\d+)/.exec(answer)?.[1]) >= OLDEST_VERSION;
  } catch {
    return false;
  }
}

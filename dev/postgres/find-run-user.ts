import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** The user that PostgreSQL's programs run as when the launcher itself is root. */
export interface RunUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Chooses the user for PostgreSQL's programs: they refuse to run as root, and initdb wants a passwd entry.
 *
 * @param dataDir a kept data folder; PostgreSQL accepts only the user who owns it
 * @returns `undefined` when the launcher is not root and the programs simply run as the same user
 * @throws Error when root finds neither a user `postgres` nor `nobody`
 */
export async function findRunUser(dataDir?: string): Promise<RunUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner =
    dataDir === undefined ? undefined : await stat(join(dataDir, "PG_VERSION")).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const passwd = await readFile("/etc/passwd", "utf8");
  const user = findInPasswd(passwd, "postgres") ?? findInPasswd(passwd, "nobody");
  if (user !== undefined) return user;
  throw new Error(
    "PostgreSQL does not run as root, and /etc/passwd has neither a user postgres nor nobody. " +
      "Run as an ordinary user, or add one of the two.",
  );
}

function findInPasswd(passwd: string, name: string): RunUser | undefined {
  const fields = passwd
    .split("\n")
    .find((line) => line.startsWith(`${name}:`))
    ?.split(":");
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { uid, gid } : undefined;
}

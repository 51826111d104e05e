import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Where the migrations are: beside the built server, or in the repository.
 *
 * @throws Error when they are in neither place, since a server without its schema must not start
 */
export function findMigrationsDir(): string {
  const beside = join(dirname(process.argv[1] ?? "."), "migrations");
  const found = [beside, join(process.cwd(), "db/migrations")].find((dir) =>
    existsSync(join(dir, "meta/_journal.json")),
  );
  if (!found) throw new Error("the migrations are neither beside the server nor in db/migrations");
  return found;
}

import process from "node:process";
import { migrateDatabase } from "#db/migrate";
import { findMigrationsDir } from "#server/utils/find-migrations-dir";
import { ConfigError } from "#server/utils/config-error";
import { describeError } from "#server/utils/log";
import { readOwnerUrl } from "./read-owner-url";

// The entry of dist/wamcp-migrate.mjs.
try {
  await migrateDatabase(readOwnerUrl(process.env), findMigrationsDir());
  process.stderr.write("wamcp-migrate: the schema is up to date\n");
} catch (error) {
  const message = error instanceof ConfigError ? error.message : describeError(error);
  process.stderr.write(`wamcp-migrate: ${message}\n`);
  process.exitCode = 1;
}

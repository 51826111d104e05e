import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { migrateDatabase } from "#db/migrate";
import { ensureBuilt } from "../../scripts/ensure-built";
import { createTestDatabase } from "./postgres/create-test-database";
import { openTestServer } from "./postgres/open-test-server";

const MIGRATIONS_DIR = fileURLToPath(new URL("../../db/migrations", import.meta.url));

/**
 * Opens the server that all test files share, and migrates one database on it that the others copy: roles belong to the
 * whole server, so many migrations at once would only wait for each other.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Once, before test files that run what is built could all begin to build.
  const runsBuilt = project.vitest.projects.some(({ name }) => name === "e2e" || name === "faults");
  if (runsBuilt) await ensureBuilt((line) => process.stderr.write(`${line}\n`));
  const server = await openTestServer();
  process.stderr.write(`PostgreSQL for the tests: ${server.description}\n`);
  const template = await createTestDatabase({ server: server.url });
  await migrateDatabase(template.url, MIGRATIONS_DIR);
  project.provide("postgresUrl", server.url);
  project.provide("migratedTemplate", new URL(template.url).pathname.slice(1));
  return async () => {
    await template.drop();
    await server.close();
  };
}

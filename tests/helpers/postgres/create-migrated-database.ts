import { inject } from "vitest";
import { createTestDatabase, type TestDatabase } from "./create-test-database";

/** A database of its own with the newest schema, on the shared test server. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  return createTestDatabase({ template: inject("migratedTemplate") });
}

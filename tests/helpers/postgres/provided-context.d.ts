import "vitest";

declare module "vitest" {
  /** What the global setups hand to the test files; read with `inject`. */
  export interface ProvidedContext {
    /** A superuser's or database creator's URL of the shared test server, database `postgres`. */
    postgresUrl: string;
    /** The name of a migrated database on it, to be copied. */
    migratedTemplate: string;
  }
}

import { afterAll, beforeAll, describe } from "vitest";
import { createTestDatabase, type TestDatabase } from "#tests/helpers/postgres/create-test-database";
import type { EngineHandle } from "./engine-handle";
import { startEmbedded } from "./start-embedded";
import { startReal } from "./start-real";

const REAL_BINARY = process.env["INNGEST_BIN"];

/**
 * Run the same scenarios against every engine there is: the embedded one in dev and in keyed mode, and, where
 * `INNGEST_BIN` names one, a real Inngest server in both modes. The scenarios assert only what all of them do.
 */
export function describeEngines(
  name: string,
  scenarios: (engine: () => EngineHandle) => void,
  modes: readonly EngineHandle["mode"][] = ["dev", "keyed"],
): void {
  const kinds = REAL_BINARY ? (["embedded", "real"] as const) : (["embedded"] as const);
  for (const kind of kinds) {
    for (const mode of modes) {
      // Scenarios mostly wait, so they wait together; each has functions and events of its own.
      describe.concurrent(`${name} (${kind}, ${mode})`, () => {
        let engine: EngineHandle;
        let database: TestDatabase | undefined;
        beforeAll(async () => {
          if (kind === "real") engine = await startReal(String(REAL_BINARY), mode);
          else {
            database = await createTestDatabase();
            engine = await startEmbedded({ databaseUrl: database.url, mode });
          }
        }, 60_000);
        afterAll(async () => {
          for (const close of engine?.cleanups ?? []) await close();
          await engine?.stop();
          await database?.drop();
        }, 30_000);
        scenarios(() => engine);
      });
    }
  }
}

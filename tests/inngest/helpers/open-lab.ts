import { createTestDatabase } from "#tests/helpers/postgres/create-test-database";
import { startEmbedded, type EmbeddedHandle } from "./start-embedded";

/** Starts engines on the database of one test. */
export interface EmbeddedLab {
  /** Start an engine; it ends with the test. */
  start(options?: { port?: number; sdkUrls?: readonly string[] }): Promise<EmbeddedHandle>;
  /** Kill an engine with SIGKILL and start another in its place. */
  replace(engine: EmbeddedHandle): Promise<EmbeddedHandle>;
}

/**
 * Give a test a database and engines of its own, which it may kill.
 *
 * @param onTestFinished - of the test's own context, because tests that run together share the global one
 */
export async function openLab(onTestFinished: (finish: () => Promise<void>) => void): Promise<EmbeddedLab> {
  const database = await createTestDatabase();
  const engines: EmbeddedHandle[] = [];
  onTestFinished(async () => {
    for (const engine of engines) {
      for (const close of engine.cleanups) await close();
      await engine.kill();
    }
    await database.drop();
  });
  const start: EmbeddedLab["start"] = async (options = {}) => {
    const engine = await startEmbedded({ databaseUrl: database.url, ...options });
    engines.push(engine);
    return engine;
  };
  return {
    start,
    async replace(engine) {
      await engine.kill();
      return start({ port: Number(new URL(engine.url).port) });
    },
  };
}

import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConsola } from "consola";
import postgres from "postgres";
import { openDatabase, type Database } from "#db/client";
import { createChangeHub, type ChangeHub } from "#server/utils/changes/create-change-hub";
import { createConversationNews } from "#server/utils/conversation-news";
import type { Peppers } from "#server/utils/auth/peppers";
import type { Clock } from "#server/utils/clock";
import { readConfig, type Config } from "#server/utils/config";
import type { SystemContext } from "#server/utils/context";
import { newId } from "#server/utils/ids";
import type { GraphClient } from "#server/utils/meta/graph-client";
import { createMigratedDatabase } from "#tests/helpers/postgres/create-migrated-database";
import { createScriptedGraph, type ScriptedGraph } from "./create-scripted-graph";
import { createTestClock, type TestClock } from "./create-test-clock";

/** The server's insides on a database of their own, without its edges. */
export interface TestContext {
  readonly url: string;
  readonly system: SystemContext;
  readonly database: Database;
  readonly changes: ChangeHub;
  readonly clock: TestClock;
  /** What `system.graph` is, unless the options named another. */
  readonly graph: ScriptedGraph;
  /** A superuser's connection: no policy hides anything from it. */
  readonly sql: postgres.Sql;
  /** Everything that was logged, as text. */
  readonly logged: string[];
  /** How often the relay was told that there is something for it. */
  wakeCount(): number;
  close(): Promise<void>;
}

export interface TestContextOptions {
  readonly graph?: GraphClient;
  /** Instead of the settable clock, where a test needs time to pass by itself. */
  readonly clock?: Clock;
  readonly config?: Partial<Config>;
}

export const TEST_PEPPERS: Peppers = { current: { version: 1, secret: "pepper-for-tests-".repeat(3) } };

/** Opens a fresh migrated database and builds a `SystemContext` on it. */
export async function createTestContext(options: TestContextOptions = {}): Promise<TestContext> {
  const { url, drop } = await createMigratedDatabase();
  const mediaRoot = join(tmpdir(), `wamcp-media-${newId()}`);
  const database = openDatabase({ url });
  const sql = postgres(url, { max: 4, onnotice: () => {} });
  const logged: string[] = [];
  const log = createConsola({
    level: 5,
    reporters: [{ log: ({ args }) => void logged.push(args.join(" ")) }],
  });
  const changes = createChangeHub(database, log);
  await changes.start();
  const conversationNews = createConversationNews(database, log);
  await conversationNews.start();
  const clock = createTestClock();
  const graph = createScriptedGraph();
  let wakes = 0;
  const system: SystemContext = {
    config: { ...createTestConfig(url, mediaRoot), ...options.config },
    clock: options.clock ?? clock,
    log,
    database,
    graph: options.graph ?? graph,
    wakeRelay: () => {
      wakes += 1;
    },
    changes,
    conversationNews,
  };
  return {
    url,
    system,
    database,
    changes,
    clock,
    graph,
    sql,
    logged,
    wakeCount: () => wakes,
    async close() {
      await database.close();
      await sql.end({ timeout: 5 });
      await drop();
      await rm(mediaRoot, { recursive: true, force: true });
    },
  };
}

function createTestConfig(databaseUrl: string, mediaRoot: string): Config {
  return readConfig({
    DATABASE_URL: databaseUrl,
    META_APP_SECRET: "app-secret",
    META_VERIFY_TOKEN: "verify-token",
    META_ACCESS_TOKEN: "access-token",
    API_KEY_PEPPER: TEST_PEPPERS.current.secret,
    MEDIA_ROOT: mediaRoot,
    MEDIA_URL_SECRET: "media-secret-for-tests-".repeat(2),
    INNGEST_DEV: "1",
    LOG_LEVEL: "silent",
    // Most tests write to people who have never written; those of the window turn it on.
    SERVICE_WINDOW: "off",
  });
}

import { openDatabase, type Database } from "#db/client";
import { migrateDatabase } from "#db/migrate";
import type { Inngest } from "inngest";
import { createAddressReader, type AddressReader } from "./auth/create-address-reader";
import { createAuthenticator, type Authenticator } from "./auth/create-authenticator";
import { createConversationNews } from "./conversation-news";
import { createSharedClock, type SharedClock } from "./create-shared-clock";
import { createChangeHub } from "./changes/create-change-hub";
import type { Config } from "./config";
import type { SystemContext } from "./context";
import { createFastPath } from "./inbox/create-fast-path";
import { createWebhookInbox, type WebhookInbox } from "./inbox/create-webhook-inbox";
import { processInbox } from "./inbox/process-inbox";
import { createLog, describeError, type Log } from "./log";
import { recover } from "./maintenance";
import { createSurface } from "./mcp/create-surface";
import { createLegacySessions, type LegacySessions } from "./mcp/legacy/create-legacy-sessions";
import { createModernExchanges, type ModernExchanges } from "./mcp/modern/create-modern-exchanges";
import type { McpSurface } from "./mcp/surface";
import { createGraphClient } from "./meta/graph-client";
import { createInngestClient } from "./outbox/create-inngest-client";
import { createRelay } from "./outbox/create-relay";
import { sendEvents } from "./outbox/send-events";
import { repeat } from "./repeat";

/** Everything that a route needs. */
export interface App {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  readonly system: SystemContext;
  readonly authenticator: Authenticator;
  readonly readAddress: AddressReader;
  readonly inbox: WebhookInbox;
  readonly sessions: LegacySessions;
  readonly exchanges: ModernExchanges;
  readonly inngest: Inngest;
  close(): Promise<void>;
}

// A crash of this or another process is noticed within this time.
const RECOVER_EVERY_MS = 5_000;
// A crystal drifts by less than a millisecond in that time; a suspended host is right again after it.
const SYNC_CLOCK_EVERY_MS = 15_000;
const FLUSH_USES_EVERY_MS = 10_000;
// A key that has expired is noticed within this time.
const MAINTAIN_SESSIONS_EVERY_MS = 1_000;

/**
 * Brings the database up to date and starts everything that works in the background.
 *
 * @param openSurface what is offered over MCP; the conformance suite adds its fixtures to it
 */
export async function openApp(
  config: Config,
  migrationsDir: string,
  openSurface: (system: SystemContext) => McpSurface = createSurface,
): Promise<App> {
  const log = createLog(config.logLevel);
  const readAddress = createAddressReader(config.trustedProxies);
  await migrateDatabase(config.databaseUrl, migrationsDir);
  const database = openDatabase({ url: config.databaseUrl });
  const clock = await createSharedClock(database.readTimeMs);
  const inngest = createInngestClient(config.inngest, log);
  const relay = createRelay({ database, clock, log, sendEvents: (events) => sendEvents(inngest, events) });
  const changes = createChangeHub(database, log);
  const conversationNews = createConversationNews(database, log);
  const graph = createGraphClient(config.graph);
  const sources = { changes, conversationNews };
  const system: SystemContext = { config, clock, log, database, graph, wakeRelay: relay.wake, ...sources };
  const authenticator = createAuthenticator(system);
  const surface = openSurface(system);
  const sessions = createLegacySessions(system, surface);
  const exchanges = createModernExchanges(system, surface);
  const { inbox, fastPath } = openInbox(system);
  for (const listener of [changes, conversationNews, sessions]) await listener.start();
  await followAccess(database, authenticator, [sessions, exchanges], log);
  relay.start();
  const stopRepeating = startRepeating(system, clock, authenticator, sessions);
  return {
    config,
    log,
    database,
    system,
    authenticator,
    readAddress,
    inbox,
    sessions,
    exchanges,
    inngest,
    async close() {
      await stopRepeating();
      await sessions.close();
      exchanges.close();
      await authenticator.flushUses();
      await fastPath.drain();
      await relay.stop();
      await database.close();
    },
  };
}

function openInbox(system: SystemContext) {
  const { config, database, clock, log, wakeRelay } = system;
  const fastPath = createFastPath((ids) => processInbox(system, ids), log);
  const inbox = createWebhookInbox({
    database,
    clock,
    onAccepted: (ids) => {
      if (config.inboxFastPath) fastPath.offer(ids);
      wakeRelay();
    },
  });
  return { inbox, fastPath };
}

function startRepeating(
  system: SystemContext,
  clock: SharedClock,
  authenticator: Authenticator,
  sessions: LegacySessions,
): () => Promise<void> {
  const { log } = system;
  const stops = [
    repeat(() => recover(system), RECOVER_EVERY_MS, log),
    repeat(() => clock.sync(), SYNC_CLOCK_EVERY_MS, log),
    repeat(() => sessions.maintain(), MAINTAIN_SESSIONS_EVERY_MS, log),
    repeat(() => authenticator.flushUses(), FLUSH_USES_EVERY_MS, log),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

// At once, in every process; after a reconnect any change may have been missed.
async function followAccess(
  database: Database,
  authenticator: Authenticator,
  served: readonly Pick<LegacySessions, "refresh">[],
  log: Log,
): Promise<void> {
  const onAccessChange = (clientId?: string): void => {
    authenticator.forget(clientId);
    for (const side of served) {
      side
        .refresh(clientId)
        .catch((error: unknown) => log.warn("access was not refreshed:", describeError(error)));
    }
  };
  await database.listen("wamcp_access", onAccessChange, () => onAccessChange());
}

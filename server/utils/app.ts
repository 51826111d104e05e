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
import { createAccessFollower, type AccessFollower } from "./create-access-follower";
import { createFastPath } from "./inbox/create-fast-path";
import { createWebhookInbox, type WebhookInbox } from "./inbox/create-webhook-inbox";
import { processInbox } from "./inbox/process-inbox";
import { createLog, type Log } from "./log";
import { recover } from "./maintenance";
import { createSurface } from "./mcp/create-surface";
import { createLegacySessions, type LegacySessions } from "./mcp/legacy/create-legacy-sessions";
import { createModernExchanges, type ModernExchanges } from "./mcp/modern/create-modern-exchanges";
import type { McpSurface } from "./mcp/surface";
import { createMetrics, type Metrics } from "./metrics/create-metrics";
import { createGraphClient } from "./meta/graph-client";
import { createInngestClient } from "./outbox/create-inngest-client";
import { createRelay } from "./outbox/create-relay";
import { sendEvents } from "./outbox/send-events";
import { createReadiness, type Readiness } from "./readiness/create-readiness";
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
  readonly metrics: Metrics;
  checkReadiness(): Promise<Readiness>;
  close(): Promise<void>;
}

// A crash of this or another process is noticed within this time.
const RECOVER_EVERY_MS = 5_000;
// A crystal drifts by less than a millisecond in that time; a suspended host is right again after it.
const SYNC_CLOCK_EVERY_MS = 15_000;
const FLUSH_USES_EVERY_MS = 10_000;
// A key that has expired is noticed within this time.
const MAINTAIN_SESSIONS_EVERY_MS = 1_000;
// A revoked key keeps what it has open until its access could be read.
const CONFIRM_ACCESS_EVERY_MS = 1_000;

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
  await migrateDatabase(config.databaseLogins.ownerUrl, migrationsDir);
  const metrics = createMetrics();
  const database = metrics.watchDatabase(openDatabase({ url: config.databaseUrl, ...config.databaseLogins }));
  const clock = await createSharedClock(database.readTimeMs);
  const inngest = createInngestClient(config.inngest, log);
  const relay = createRelay({ database, clock, log, sendEvents: (events) => sendEvents(inngest, events) });
  const changes = createChangeHub(database, log);
  const conversationNews = createConversationNews(database, log);
  const graph = createGraphClient(config.graph);
  const sources = { changes, conversationNews };
  const system: SystemContext = { config, clock, log, database, graph, wakeRelay: relay.wake, ...sources };
  const authenticator = createAuthenticator(system);
  const surface = metrics.watchSurface(openSurface(system));
  const sessions = createLegacySessions(system, surface);
  const exchanges = createModernExchanges(system, surface);
  metrics.watch({ database, clock, sessions, exchanges });
  const { inbox, fastPath } = openInbox(system);
  for (const listener of [changes, conversationNews, sessions]) await listener.start();
  const followers = [sessions, exchanges].map((holder) => createAccessFollower(holder, log));
  await followAccess(database, authenticator, followers);
  relay.start();
  const stopRepeating = startRepeating({ system, clock, authenticator, sessions, followers });
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
    metrics,
    checkReadiness: createReadiness({ config, database, clock, migrationsDir }),
    async close() {
      const listeners = [stopRepeating, metrics.close, sessions.close, exchanges.close];
      const work = [authenticator.flushUses, fastPath.drain, relay.stop];
      for (const end of [...listeners, ...work, database.close]) await end();
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

interface Repeated {
  readonly system: SystemContext;
  readonly clock: SharedClock;
  readonly authenticator: Authenticator;
  readonly sessions: LegacySessions;
  readonly followers: readonly AccessFollower[];
}

function startRepeating({ system, clock, authenticator, sessions, followers }: Repeated) {
  const { log } = system;
  const stops = [
    repeat(() => recover(system), RECOVER_EVERY_MS, log),
    repeat(() => clock.sync(), SYNC_CLOCK_EVERY_MS, log),
    repeat(() => sessions.maintain(), MAINTAIN_SESSIONS_EVERY_MS, log),
    repeat(() => authenticator.flushUses(), FLUSH_USES_EVERY_MS, log),
    ...followers.map((follower) => repeat(() => follower.retry(), CONFIRM_ACCESS_EVERY_MS, log)),
  ];
  return async (): Promise<void> => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

// At once, in every process; after a reconnect any change may have been missed.
async function followAccess(
  database: Database,
  authenticator: Authenticator,
  followers: readonly AccessFollower[],
): Promise<void> {
  const onAccessChange = (clientId?: string): void => {
    authenticator.forget(clientId);
    for (const follower of followers) void follower.refresh(clientId);
  };
  await database.listen("wamcp_access", onAccessChange, () => onAccessChange());
}

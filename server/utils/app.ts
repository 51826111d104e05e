import { openDatabase, type Database } from "#db/client";
import { migrateDatabase } from "#db/migrate";
import type { Inngest } from "inngest";
import { createAddressReader, type AddressReader } from "./auth/create-address-reader";
import { createAuthenticator, type Authenticator } from "./auth/create-authenticator";
import { createSharedClock } from "./create-shared-clock";
import { createChangeHub } from "./changes";
import type { Config } from "./config";
import type { SystemContext } from "./context";
import { createFastPath } from "./inbox/create-fast-path";
import { createWebhookInbox, type WebhookInbox } from "./inbox/create-webhook-inbox";
import { processInbox } from "./inbox/process-inbox";
import { createLog, describeError, type Log } from "./log";
import { recover } from "./maintenance";
import { createLegacySessions, type LegacySessions } from "./mcp/legacy/create-legacy-sessions";
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
  readonly inngest: Inngest;
  close(): Promise<void>;
}

// A crash of this or another process is noticed within this time.
const RECOVER_EVERY_MS = 5_000;
// A crystal drifts by less than a millisecond in that time; a suspended host is right again after it.
const SYNC_CLOCK_EVERY_MS = 15_000;
const FLUSH_USES_EVERY_MS = 10_000;

/** Brings the database up to date and starts everything that works in the background. */
export async function openApp(config: Config, migrationsDir: string): Promise<App> {
  const log = createLog(config.logLevel);
  const readAddress = createAddressReader(config.trustedProxies);
  await migrateDatabase(config.databaseUrl, migrationsDir);
  const database = openDatabase({ url: config.databaseUrl });
  const clock = await createSharedClock(database.readTimeMs);
  const inngest = createInngestClient(config.inngest, log);
  const relay = createRelay({ database, clock, log, sendEvents: (events) => sendEvents(inngest, events) });
  const changes = createChangeHub(database, log);
  const graph = createGraphClient(config.graph);
  const system: SystemContext = { config, clock, log, database, graph, wakeRelay: relay.wake, changes };
  const authenticator = createAuthenticator(system);
  const sessions = createLegacySessions(system);
  const fastPath = createFastPath((ids) => processInbox(system, ids), log);
  const inbox = createWebhookInbox({
    database,
    clock,
    onAccepted: (ids) => {
      if (config.inboxFastPath) fastPath.offer(ids);
      relay.wake();
    },
  });
  await changes.start();
  await followAccess(database, authenticator, sessions, log);
  relay.start();
  const stopRecovering = repeat(() => recover(system), RECOVER_EVERY_MS, log);
  const stopSyncing = repeat(() => clock.sync(), SYNC_CLOCK_EVERY_MS, log);
  const stopFlushing = repeat(() => authenticator.flushUses(), FLUSH_USES_EVERY_MS, log);
  return {
    config,
    log,
    database,
    system,
    authenticator,
    readAddress,
    inbox,
    sessions,
    inngest,
    async close() {
      await stopRecovering();
      await stopSyncing();
      await sessions.close();
      await stopFlushing();
      await authenticator.flushUses();
      await fastPath.drain();
      await relay.stop();
      await database.close();
    },
  };
}

// At once, in every process; after a reconnect any change may have been missed.
async function followAccess(
  database: Database,
  authenticator: Authenticator,
  sessions: LegacySessions,
  log: Log,
): Promise<void> {
  const onAccessChange = (clientId?: string): void => {
    authenticator.forget(clientId);
    sessions
      .refresh(clientId)
      .catch((error: unknown) => log.warn("sessions were not refreshed:", describeError(error)));
  };
  await database.listen("wamcp_access", onAccessChange, () => onAccessChange());
}

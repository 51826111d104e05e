import type { Database } from "#db/client";
import type { Clock } from "../clock";
import { describeError, type Log } from "../log";
import {
  announceInbox,
  claimOutboxEvents,
  markOutboxSent,
  releaseOutboxEvents,
  type OutboxEvent,
} from "./store";

const ANNOUNCE_LIMIT = 1_000;
// Inngest takes 5,000 events in a request; fewer keep a failed request cheap to repeat.
const BATCH_LIMIT = 200;
const LEASE_MS = 30_000;
/** How long a due event of another process, or of the future, waits at most before it is noticed. */
const IDLE_POLL_MS = 500;
const MAX_BACKOFF_MS = 15_000;

export interface RelayOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Hands events to Inngest; resolves when it has taken them. Bounded in time by the caller. */
  readonly sendEvents: (events: readonly OutboxEvent[]) => Promise<void>;
}

export interface Relay {
  /** Says that something was committed. Returns at once. */
  wake(): void;
  start(): void;
  /** Ends after the hand-over that is under way. */
  stop(): Promise<void>;
}

/**
 * Hands committed events to Inngest. One hand-over at a time: what is committed meanwhile goes together into
 * the next one, so that a busy server makes few events and an idle one makes them at once.
 */
export function createRelay(options: RelayOptions): Relay {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isWoken = false;
  let isStopped = true;
  let failures = 0;

  const mayGoOn = (): boolean => !isStopped;
  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(run, delayMs);
  };
  const run = (): void => {
    if (running || isStopped) return;
    running = (async () => {
      try {
        do {
          isWoken = false;
          while (mayGoOn() && (await handOver(options))) failures = 0;
          failures = 0;
        } while (isWoken && mayGoOn());
        schedule(IDLE_POLL_MS);
      } catch (error) {
        failures += 1;
        if (failures === 1) options.log.warn("the relay cannot hand events over:", describeError(error));
        schedule(Math.min(250 * 2 ** failures, MAX_BACKOFF_MS));
      } finally {
        running = undefined;
      }
    })();
  };
  return {
    wake() {
      isWoken = true;
      if (failures === 0) run();
    },
    start() {
      isStopped = false;
      run();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** One hand-over. Returns whether there may be more. */
async function handOver({ database, clock, sendEvents }: RelayOptions): Promise<boolean> {
  const announced = await database.asSystem((tx) => announceInbox(tx, clock.now(), ANNOUNCE_LIMIT));
  const events = await claimOutboxEvents(database.system, clock.now(), BATCH_LIMIT, LEASE_MS);
  if (events.length === 0) return announced > 0;
  const ids = events.map((event) => event.id);
  try {
    await sendEvents(events);
  } catch (error) {
    await releaseOutboxEvents(database.system, ids, clock.now());
    throw error;
  }
  // A crash before this line sends them again; Inngest knows their ids.
  await markOutboxSent(database.system, ids, clock.now());
  return true;
}

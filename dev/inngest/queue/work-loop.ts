import { setTimeout as delay } from "node:timers/promises";
import type { QueueItem } from "../store/queue";
import { createSignal } from "./signal";

/** What one loop claims and does. */
export interface WorkLoopOptions {
  /** Most items at once. */
  capacity: number;
  claim(limit: number, inFlight: readonly string[]): Promise<QueueItem[]>;
  /** Milliseconds until something is due; undefined when nothing lies ahead. */
  nextDueMs(): Promise<number | undefined>;
  perform(item: QueueItem): Promise<void>;
  renew(ids: readonly string[]): Promise<void>;
  log(line: string): void;
}

/** A running loop. */
export interface WorkLoop {
  wake(): void;
  /** Claim no more and wait for what is in flight, at most so long. */
  close(timeoutMs: number): Promise<void>;
}

/** Looks at the queue at least this often, for what another engine has put there or left behind. */
const POLL_MS = 2000;
/** Well within a lease. */
const RENEW_MS = 3000;
const RETRY_MS = 250;

/** Claim due items as places come free and perform them; sleep until woken or until the next is due. */
export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  const signal = createSignal();
  const stop = new AbortController();
  const inFlight = new Map<string, Promise<void>>();
  const complain = (error: unknown): void => {
    if (stop.signal.aborted) return;
    options.log(`queue: ${error instanceof Error ? error.message || error.name : String(error)}`);
  };

  const start = (item: QueueItem): void => {
    const done = options.perform(item).catch(complain);
    inFlight.set(
      item.id,
      done.finally(() => {
        inFlight.delete(item.id);
        signal.raise();
      }),
    );
  };
  const turn = async (): Promise<void> => {
    const free = options.capacity - inFlight.size;
    if (free <= 0) return signal.wait(POLL_MS);
    const items = await options.claim(free, [...inFlight.keys()]);
    items.forEach(start);
    if (items.length > 0) return undefined;
    const dueMs = (await options.nextDueMs()) ?? POLL_MS;
    return signal.wait(Math.max(0, Math.min(dueMs, POLL_MS)));
  };
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await turn().catch(async (error: unknown) => {
        complain(error);
        await delay(RETRY_MS);
      });
    }
  })();
  const renewal = setInterval(() => {
    if (inFlight.size > 0) options.renew([...inFlight.keys()]).catch(complain);
  }, RENEW_MS);

  return {
    wake: () => signal.raise(),
    async close(timeoutMs) {
      stop.abort();
      clearInterval(renewal);
      signal.raise();
      const drained = Promise.all([loop, ...inFlight.values()]);
      await Promise.race([drained, delay(timeoutMs, undefined, { ref: false })]);
    },
  };
}

import { describeError, type Log } from "../log";

export interface FastPath {
  /** Handles bodies soon, in this process. Returns at once. */
  offer(ids: readonly string[]): void;
  /** Resolves when what was offered is handled. */
  drain(): Promise<void>;
}

// Beyond this, bodies are left to the function: a burst must not starve the requests of this process.
const BACKLOG_LIMIT = 500;
const BATCH_LIMIT = 50;

/**
 * Tries the inbox verb in the accepting process, right after the 200: a function starts only 250 to 650 ms later.
 * It is an attempt and no promise; the function run is the guarantee.
 */
export function createFastPath(
  processInbox: (ids: readonly string[]) => Promise<unknown>,
  log: Log,
): FastPath {
  let backlog: string[] = [];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (backlog.length > 0) {
      const batch = backlog.slice(0, BATCH_LIMIT);
      backlog = backlog.slice(BATCH_LIMIT);
      try {
        await processInbox(batch);
      } catch (error) {
        log.warn("the fast path leaves bodies to the function:", describeError(error));
      }
    }
    running = undefined;
  };
  return {
    offer(ids) {
      if (ids.length === 0 || backlog.length >= BACKLOG_LIMIT) return;
      backlog.push(...ids);
      running ??= run();
    },
    async drain() {
      await running;
    },
  };
}

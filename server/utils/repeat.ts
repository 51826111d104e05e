import { describeError, type Log } from "./log";

/**
 * Repeats work with a pause between, whether or not it succeeds.
 *
 * @returns a function that ends it and resolves when what is under way is done
 */
export function repeat(work: () => Promise<unknown>, pauseMs: number, log: Log): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn("recovery has to wait:", describeError(error));
    }
    if (!isStopped) timer = setTimeout(start, pauseMs);
  };
  const start = (): void => {
    running = run();
  };
  start();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}

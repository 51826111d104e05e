import { NonRetriableError, RetryAfterError } from "inngest";
import { toAppError } from "#server/utils/errors";
import { describeError, type Log } from "#server/utils/log";

/**
 * Does a function's work and keeps its failure to itself: Inngest stores what is thrown, and a database error's message
 * holds the parameters of its query, that is texts and numbers. The cause goes to the log, a code to Inngest.
 *
 * @throws RetryAfterError or Error, whose message is an error code, when the work should be done again
 */
export async function carryOut<T>(log: Log, id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, retryAfterSeconds } = toAppError(error);
    log.warn(`the function ${id} failed:`, describeError(error));
    if (code === "invalid_arguments" || code === "not_found") throw new NonRetriableError(code);
    throw retryAfterSeconds === undefined
      ? new Error(code)
      : new RetryAfterError(code, retryAfterSeconds * 1000);
  }
}

import type { CallContext } from "../../context";

// As often as the MCP SDK keeps an event stream alive: a client that asked for progress sees that the call lives.
const REPORT_EVERY_MS = 15_000;

/**
 * Reports at once, and then every 15 s, that a call is waiting. The first report has the answer travel as an event stream,
 * which is kept alive; a plain answer is silent until it comes, and proxies end what is silent for a minute.
 *
 * @returns a function that ends it
 */
export function reportWaiting(
  { reportProgress }: Pick<CallContext, "reportProgress">,
  timeoutSeconds: number,
): () => void {
  if (!reportProgress) return () => {};
  const report = (waitedMs: number): void =>
    reportProgress(waitedMs / 1000, timeoutSeconds, "Waiting for messages");
  let waitedMs = 0;
  report(waitedMs);
  const timer = setInterval(() => {
    waitedMs += REPORT_EVERY_MS;
    report(waitedMs);
  }, REPORT_EVERY_MS);
  return () => clearInterval(timer);
}

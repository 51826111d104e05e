/** What is known about a message that arrived more than once. Times in milliseconds since 1970, by one clock. */
export interface DoubledMessage {
  /** When attempts became uncertain, by the database's clock. */
  readonly uncertainAt: readonly number[];
  /** When silence had it sent again, by the database's clock. */
  readonly resentAt: readonly number[];
  /** When reports about it were acknowledged by the server, as Meta's side saw it. */
  readonly reportedAt: readonly number[];
}

/**
 * Whether the design allows that a message arrived twice: silence had lasted for the settle time after the attempt's
 * end, and Meta's first report about the message came only after that. Whatever else sends twice is a bug.
 */
export function isExcused(doubled: DoubledMessage, settleAfterMs: number): boolean {
  return (
    doubled.resentAt.length > 0 &&
    doubled.resentAt.every((resentAt) => {
      const since = Math.max(-Infinity, ...doubled.uncertainAt.filter((at) => at <= resentAt));
      const reported = Math.min(Infinity, ...doubled.reportedAt);
      // Without an uncertain attempt before it, nothing allowed the second.
      if (since === -Infinity) return false;
      return resentAt - since >= settleAfterMs && reported > since + settleAfterMs;
    })
  );
}

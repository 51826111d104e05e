/** What the run did to the product, and what it was told: the one side of the comparison. */
export interface Ledger {
  /** What each answered call was told: the message's id, by its idempotency key. */
  readonly sent: Map<string, string>;
  /** Calls with one key that named different messages. */
  readonly torn: { readonly key: string; readonly ids: readonly string[] }[];
  /** What people wrote: their text by Meta's id. */
  readonly received: Map<string, string>;
}

export function createLedger(): Ledger {
  return { sent: new Map(), torn: [], received: new Map() };
}

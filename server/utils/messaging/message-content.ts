import { createHash } from "node:crypto";

/** What a caller wants to send, as Meta will get it. */
export interface OutboundContent {
  readonly type: string;
  /** The object that Meta wants under the name of the type. */
  readonly payload: Record<string, unknown>;
  /** The words, for reading and search. */
  readonly text: string | undefined;
}

/** A digest of everything that makes two sends the same, for the idempotency key. */
export function hashContent(to: string, content: OutboundContent, replyTo: string | undefined): string {
  const canonical = JSON.stringify([to, content.type, sortKeys(content.payload), replyTo ?? null]);
  return createHash("sha256").update(canonical).digest("hex");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}

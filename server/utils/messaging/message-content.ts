import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical-json";

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
  const canonical = canonicalJson([to, content.type, content.payload, replyTo ?? null]);
  return createHash("sha256").update(canonical).digest("hex");
}

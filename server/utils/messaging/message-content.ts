import { createHash } from "node:crypto";
import type { Transaction } from "#db/client";
import { canonicalJson } from "../canonical-json";

/** What a caller wants to send, as Meta will get it. */
export interface OutboundContent {
  readonly type: string;
  /** The object that Meta wants under the name of the type. */
  readonly payload: Record<string, unknown>;
  /** The words, for reading and search. */
  readonly text: string | undefined;
  /** Where the payload is what the caller asked for and not yet what Meta gets: makes the one of the other, or refuses it. */
  readonly prepare?: (tx: Transaction, place: ContentPlace) => Promise<PreparedContent>;
}

/** Where content is to be sent. */
export interface ContentPlace {
  readonly conversationId: string;
  readonly contactId: string;
  readonly phoneNumberId: string;
  readonly now: Date;
}

/** Content as Meta will get it. */
export interface PreparedContent {
  readonly payload: Record<string, unknown>;
  readonly text: string | undefined;
  /** Of the message that it is about. */
  readonly replyToWamid?: string;
}

/** A digest of everything that makes two sends the same, for the idempotency key. */
export function hashContent(to: string, content: OutboundContent, replyTo: string | undefined): string {
  const canonical = canonicalJson([to, content.type, content.payload, replyTo ?? null]);
  return createHash("sha256").update(canonical).digest("hex");
}

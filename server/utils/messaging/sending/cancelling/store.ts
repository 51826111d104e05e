import { and, eq, inArray, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { messages } from "#db/schema/index";
import { newId } from "../../../ids";

/** A message of the caller's own, as far as it sees it. */
export interface OwnMessage {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly conversationId: string;
}

/** Row-level security decides what is visible; what others sent is not the caller's to cancel. */
export async function findOwnMessage(
  tx: Transaction,
  messageId: string,
  clientId: string,
  phoneNumberIds: readonly string[],
): Promise<OwnMessage | undefined> {
  const { id, phoneNumberId, conversationId } = messages;
  if (phoneNumberIds.length === 0) return undefined;
  const rows = await tx
    .select({ id, phoneNumberId, conversationId })
    .from(messages)
    .where(
      and(
        eq(id, messageId),
        eq(messages.clientId, clientId),
        eq(messages.direction, "outbound"),
        inArray(phoneNumberId, [...phoneNumberIds]),
      ),
    );
  return rows[0];
}

/** How a cancellation ended. */
export interface Cancellation {
  readonly isCancelled: boolean;
  /** Where it stood. */
  readonly status: string;
  /** Nobody knows at the moment whether Meta took it. */
  readonly isUncertain: boolean;
  /** Some earlier attempt ended so. */
  readonly hadUncertainAttempt: boolean;
  /** The message that gets the wake-up that waited behind it. */
  readonly next: { readonly id: string; readonly requestId: string | null } | undefined;
}

/** Cancels a message of the calling client that has not left. Undefined when it is not the client's. */
export async function cancelUnsent(
  tx: Transaction,
  messageId: string,
  now: Date,
): Promise<Cancellation | undefined> {
  const rows = await tx.execute<{
    is_cancelled: boolean;
    status: string;
    is_uncertain: boolean;
    had_uncertain_attempt: boolean;
    next_id: string | null;
    next_request_id: string | null;
  }>(
    sql`select * from cancel_message(${messageId}::uuid, ${newId()}::uuid, ${now.toISOString()}::timestamptz)`,
  );
  const row = rows[0];
  return (
    row && {
      isCancelled: row.is_cancelled,
      status: row.status,
      isUncertain: row.is_uncertain,
      hadUncertainAttempt: row.had_uncertain_attempt,
      next: row.next_id ? { id: row.next_id, requestId: row.next_request_id } : undefined,
    }
  );
}

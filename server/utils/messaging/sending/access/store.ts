import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import type { MessageRow } from "../store";

/** What the sender of a message may do by now. */
export interface SenderAccess {
  /** Whether its client was disabled, its key or its grant revoked. */
  readonly isEnded: boolean;
  readonly recipientPolicy: "anyone" | "open_window" | "allowlist" | "none";
  /** Whether the person is on the grant's list. */
  readonly isListed: boolean;
}

/** Undefined for a message of nobody's. */
export async function readSenderAccess(
  tx: Transaction,
  { clientId, apiKeyId, phoneNumberId, contactId }: MessageRow,
): Promise<SenderAccess | undefined> {
  if (!clientId) return undefined;
  const rows = await tx.execute<{
    is_ended: boolean;
    recipient_policy: SenderAccess["recipientPolicy"] | null;
    is_listed: boolean;
  }>(sql`
    select c.disabled_at is not null or k.revoked_at is not null or g.id is null as is_ended, g.recipient_policy,
      exists (select from grant_recipients r where r.grant_id = g.id and r.contact_id = ${contactId}) as is_listed
    from clients c
    left join api_keys k on k.id = ${apiKeyId}
    left join grants g on g.client_id = c.id and g.phone_number_id = ${phoneNumberId} and g.revoked_at is null
    where c.id = ${clientId}`);
  const row = rows[0];
  return (
    row && {
      isEnded: row.is_ended,
      recipientPolicy: row.recipient_policy ?? "none",
      isListed: row.is_listed,
    }
  );
}

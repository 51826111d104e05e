import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { apiKeys, clients, grants, phoneNumbers } from "#db/schema/index";
import type { KeyUse } from "./key-use";
import type { NumberGrant } from "./principal";
import type { KeyHash } from "./verify-api-key";

/** A key as it is stored, with its client. */
export interface StoredApiKey extends KeyHash {
  readonly id: string;
  readonly scopes: string[];
  readonly rpmLimit: number;
  readonly limitsKeyId: string | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly clientId: string;
  readonly clientName: string;
  readonly isOwner: boolean;
  readonly disabledAt: Date | null;
}

/** How a key is looked up: as it was presented, or as we know it. */
export type ApiKeyName = { readonly prefix: string } | { readonly id: string };

export async function findApiKey(tx: Transaction, name: ApiKeyName): Promise<StoredApiKey | undefined> {
  const rows = await tx
    .select({
      id: apiKeys.id,
      hash: apiKeys.hash,
      pepperVersion: apiKeys.pepperVersion,
      scopes: apiKeys.scopes,
      rpmLimit: apiKeys.rpmLimit,
      limitsKeyId: apiKeys.limitsKeyId,
      expiresAt: apiKeys.expiresAt,
      revokedAt: apiKeys.revokedAt,
      clientId: clients.id,
      clientName: clients.name,
      isOwner: clients.isOwner,
      disabledAt: clients.disabledAt,
    })
    .from(apiKeys)
    .innerJoin(clients, eq(clients.id, apiKeys.clientId))
    .where("prefix" in name ? eq(apiKeys.prefix, name.prefix) : eq(apiKeys.id, name.id));
  return rows[0];
}

export async function listGrants(tx: Transaction, clientId: string): Promise<NumberGrant[]> {
  return tx
    .select({
      phoneNumberId: phoneNumbers.id,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      displayNumber: phoneNumbers.displayNumber,
      label: phoneNumbers.label,
      quality: phoneNumbers.quality,
      tools: grants.tools,
      visibility: grants.visibility,
      recipientPolicy: grants.recipientPolicy,
      confirmPolicy: grants.confirmPolicy,
    })
    .from(grants)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, grants.phoneNumberId))
    .where(and(eq(grants.clientId, clientId), isNull(grants.revokedAt), isNull(phoneNumbers.disabledAt)))
    .orderBy(phoneNumbers.waPhoneNumberId);
}

/**
 * Remembers when and from where keys were used, in one statement. What was used later already stays.
 *
 * The rows are locked in one order, so that two processes that write the same keys cannot wait for each other.
 */
export async function touchApiKeys(tx: Transaction, uses: ReadonlyMap<string, KeyUse>): Promise<void> {
  const rows = [...uses].map(([id, { at, address }]) => ({ id, at: at.toISOString(), ip: address }));
  await tx.execute(sql`
    with used as (
      select k.id, u.at, u.ip
      from ${apiKeys} k join json_to_recordset(${JSON.stringify(rows)}::text::json) as u(id uuid, at timestamptz, ip text)
        on u.id = k.id
      where k.last_used_at is null or k.last_used_at < u.at
      order by k.id for no key update of k
    )
    update ${apiKeys} k set last_used_at = used.at, last_used_ip = used.ip from used where used.id = k.id`);
}

/** Stores a key's hash with a new pepper, unless somebody else has changed it since it was read. */
export async function replaceKeyHash(
  tx: Transaction,
  id: string,
  old: KeyHash,
  next: KeyHash,
): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ hash: next.hash, pepperVersion: next.pepperVersion })
    .where(and(eq(apiKeys.id, id), eq(apiKeys.hash, old.hash)));
}

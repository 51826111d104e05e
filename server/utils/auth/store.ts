import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { apiKeys, clients, grants, phoneNumbers } from "#db/schema/index";
import type { NumberGrant } from "./principal";

/** A key as it is stored, with its client. */
export interface StoredApiKey {
  readonly id: string;
  readonly hash: string;
  readonly scopes: string[];
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
      scopes: apiKeys.scopes,
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
    })
    .from(grants)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, grants.phoneNumberId))
    .where(and(eq(grants.clientId, clientId), isNull(grants.revokedAt), isNull(phoneNumbers.disabledAt)))
    .orderBy(phoneNumbers.waPhoneNumberId);
}

/** Remembers when and from where a key was used. */
export async function touchApiKey(
  tx: Transaction,
  id: string,
  at: Date,
  ip: string | undefined,
): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ lastUsedAt: at, lastUsedIp: ip ?? null })
    .where(
      and(
        eq(apiKeys.id, id),
        sql`coalesce(${apiKeys.lastUsedAt}, 'epoch') < ${at.toISOString()}::timestamptz`,
      ),
    );
}

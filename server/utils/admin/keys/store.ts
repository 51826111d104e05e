import { and, asc, eq, inArray, or } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { apiKeys, clients } from "#db/schema/index";

/** A key as it is stored, with its client. */
export type KeyRow = Awaited<ReturnType<typeof selectKeys>>[number];

/** Which keys are meant: those that every named property fits. */
export interface KeyFilter {
  readonly id?: string;
  readonly prefixes?: readonly string[];
  readonly clientId?: string | undefined;
  readonly rotatedFromId?: string;
}

export async function insertApiKey(tx: Transaction, row: typeof apiKeys.$inferInsert): Promise<void> {
  await tx.insert(apiKeys).values(row);
}

/** Keys by client and age. */
export async function selectKeys(tx: Transaction, filter: KeyFilter = {}) {
  const { id, prefixes, clientId, rotatedFromId } = filter;
  return tx
    .select({
      id: apiKeys.id,
      prefix: apiKeys.prefix,
      label: apiKeys.label,
      hash: apiKeys.hash,
      pepperVersion: apiKeys.pepperVersion,
      scopes: apiKeys.scopes,
      rpmLimit: apiKeys.rpmLimit,
      dailyMsgLimit: apiKeys.dailyMsgLimit,
      limitsKeyId: apiKeys.limitsKeyId,
      rotatedFromId: apiKeys.rotatedFromId,
      expiresAt: apiKeys.expiresAt,
      revokedAt: apiKeys.revokedAt,
      lastUsedAt: apiKeys.lastUsedAt,
      createdAt: apiKeys.createdAt,
      clientId: clients.id,
      clientName: clients.name,
      isOwner: clients.isOwner,
      disabledAt: clients.disabledAt,
    })
    .from(apiKeys)
    .innerJoin(clients, eq(clients.id, apiKeys.clientId))
    .where(
      and(
        id === undefined ? undefined : eq(apiKeys.id, id),
        prefixes && inArray(apiKeys.prefix, [...prefixes]),
        clientId === undefined ? undefined : eq(clients.id, clientId),
        rotatedFromId === undefined ? undefined : eq(apiKeys.rotatedFromId, rotatedFromId),
      ),
    )
    .orderBy(asc(clients.name), asc(apiKeys.createdAt), asc(apiKeys.id));
}

/** Keeps a key from being changed by anybody else until the transaction ends. */
export async function lockKey(tx: Transaction, id: string): Promise<void> {
  await tx.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.id, id)).for("update");
}

export async function updateKey(
  tx: Transaction,
  id: string,
  change: Partial<
    Pick<typeof apiKeys.$inferInsert, "revokedAt" | "expiresAt" | "rpmLimit" | "dailyMsgLimit">
  >,
): Promise<void> {
  await tx.update(apiKeys).set(change).where(eq(apiKeys.id, id));
}

/** Changes every key of a chain of rotations. */
export async function updateKeyChain(
  tx: Transaction,
  firstKeyId: string,
  change: Pick<typeof apiKeys.$inferInsert, "rpmLimit" | "dailyMsgLimit">,
): Promise<void> {
  await tx
    .update(apiKeys)
    .set(change)
    .where(or(eq(apiKeys.id, firstKeyId), eq(apiKeys.limitsKeyId, firstKeyId)));
}

import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { apiKeys, clients, grants } from "#db/schema/index";

/** A client as it is stored. */
export type ClientRow = typeof clients.$inferSelect;

/** Inserts a client; false when its name, or the owner's place, is taken. */
export async function insertClient(tx: Transaction, row: typeof clients.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(clients).values(row).onConflictDoNothing().returning({ id: clients.id });
  return rows.length > 0;
}

export async function findClient(
  tx: Transaction,
  by: { readonly id: string } | { readonly name: string },
): Promise<ClientRow | undefined> {
  const rows = await tx
    .select()
    .from(clients)
    .where("id" in by ? eq(clients.id, by.id) : eq(clients.name, by.name));
  return rows[0];
}

export async function setDisabledAt(tx: Transaction, id: string, disabledAt: Date | null): Promise<void> {
  await tx.update(clients).set({ disabledAt }).where(eq(clients.id, id));
}

export async function setPolicy(tx: Transaction, id: string, policy: ClientRow["policy"]): Promise<void> {
  await tx.update(clients).set({ policy }).where(eq(clients.id, id));
}

/** Every client by name, with how many keys are good at `now` and how many numbers it was granted. */
export async function selectClients(tx: Transaction, now: Date) {
  const isAlive = sql`${apiKeys.revokedAt} is null
    and coalesce(${apiKeys.expiresAt}, 'infinity') > ${now.toISOString()}::timestamptz`;
  return tx
    .select({
      id: clients.id,
      name: clients.name,
      displayName: clients.displayName,
      isOwner: clients.isOwner,
      dailyCap: sql<number | null>`(${clients.policy} ->> 'daily_cap')::int`,
      disabledAt: clients.disabledAt,
      createdAt: clients.createdAt,
      keys: sql<number>`(count(distinct ${apiKeys.id}) filter (where ${isAlive}))::int`,
      numbers: sql<number>`count(distinct ${grants.id})::int`,
    })
    .from(clients)
    .leftJoin(apiKeys, eq(apiKeys.clientId, clients.id))
    .leftJoin(grants, and(eq(grants.clientId, clients.id), isNull(grants.revokedAt)))
    .groupBy(clients.id)
    .orderBy(asc(clients.name));
}

import type { Transaction } from "#db/client";
import { apiKeys, clients, grants, phoneNumbers } from "#db/schema/index";

export async function insertClient(tx: Transaction, row: typeof clients.$inferInsert): Promise<void> {
  await tx.insert(clients).values(row);
}

export async function insertNumber(tx: Transaction, row: typeof phoneNumbers.$inferInsert): Promise<void> {
  await tx.insert(phoneNumbers).values(row);
}

export async function insertGrant(tx: Transaction, row: typeof grants.$inferInsert): Promise<void> {
  await tx.insert(grants).values(row);
}

export async function insertApiKey(tx: Transaction, row: typeof apiKeys.$inferInsert): Promise<void> {
  await tx.insert(apiKeys).values(row);
}

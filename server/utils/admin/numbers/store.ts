import { asc, eq } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { clients, phoneNumbers } from "#db/schema/index";

/** A number as it is stored. */
export type NumberRow = typeof phoneNumbers.$inferSelect;

/** Inserts a number; false when Meta's id is known already. */
export async function insertNumber(tx: Transaction, row: typeof phoneNumbers.$inferInsert): Promise<boolean> {
  const rows = await tx
    .insert(phoneNumbers)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: phoneNumbers.id });
  return rows.length > 0;
}

export async function findNumber(
  tx: Transaction,
  by: { readonly id: string } | { readonly waPhoneNumberId: string },
): Promise<NumberRow | undefined> {
  const rows = await tx
    .select()
    .from(phoneNumbers)
    .where("id" in by ? eq(phoneNumbers.id, by.id) : eq(phoneNumbers.waPhoneNumberId, by.waPhoneNumberId));
  return rows[0];
}

export async function updateNumber(
  tx: Transaction,
  id: string,
  change: Partial<Pick<NumberRow, "disabledAt" | "defaultClientId">>,
): Promise<void> {
  await tx.update(phoneNumbers).set(change).where(eq(phoneNumbers.id, id));
}

/** Every number by Meta's id, with its default client's name. */
export async function selectNumbers(tx: Transaction) {
  return tx
    .select({
      id: phoneNumbers.id,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      wabaId: phoneNumbers.wabaId,
      portfolioId: phoneNumbers.portfolioId,
      displayNumber: phoneNumbers.displayNumber,
      label: phoneNumbers.label,
      quality: phoneNumbers.quality,
      defaultClient: clients.name,
      pausedAt: phoneNumbers.pausedAt,
      pauseCode: phoneNumbers.pauseCode,
      disabledAt: phoneNumbers.disabledAt,
      lastWebhookAt: phoneNumbers.lastWebhookAt,
      createdAt: phoneNumbers.createdAt,
    })
    .from(phoneNumbers)
    .leftJoin(clients, eq(clients.id, phoneNumbers.defaultClientId))
    .orderBy(asc(phoneNumbers.waPhoneNumberId));
}

import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { clients, contacts, grantRecipients, grants, phoneNumbers } from "#db/schema/index";

/** A grant as it is stored. */
export type GrantRow = typeof grants.$inferSelect;
type NewGrant = Omit<typeof grants.$inferInsert, "revokedAt">;

/** What of a grant can be changed. */
export type GrantChange = Partial<
  Pick<
    GrantRow,
    | "tools"
    | "dailyCap"
    | "recipientHourlyCap"
    | "visibility"
    | "recipientPolicy"
    | "confirmPolicy"
    | "revokedAt"
  >
>;

/** Inserts a grant, or brings a revoked one back with these terms. Its id; undefined when it holds already. */
export async function upsertGrant(tx: Transaction, row: NewGrant): Promise<string | undefined> {
  const { id: _, ...terms } = row;
  const rows = await tx
    .insert(grants)
    .values(row)
    .onConflictDoUpdate({
      target: [grants.clientId, grants.phoneNumberId],
      set: { ...terms, revokedAt: null },
      setWhere: isNotNull(grants.revokedAt),
    })
    .returning({ id: grants.id });
  return rows[0]?.id;
}

/** The grant that a client holds on a number, kept from being revoked until the transaction ends. */
export async function findGrant(
  tx: Transaction,
  clientId: string,
  phoneNumberId: string,
): Promise<GrantRow | undefined> {
  const rows = await tx
    .select()
    .from(grants)
    .where(
      and(eq(grants.clientId, clientId), eq(grants.phoneNumberId, phoneNumberId), isNull(grants.revokedAt)),
    )
    .for("update");
  return rows[0];
}

export async function updateGrant(tx: Transaction, id: string, change: GrantChange): Promise<void> {
  await tx.update(grants).set(change).where(eq(grants.id, id));
}

/** The grants that hold, of one client or of all, by client and number. */
export async function selectGrants(tx: Transaction, clientId: string | undefined) {
  return tx
    .select({
      id: grants.id,
      clientId: grants.clientId,
      client: clients.name,
      phoneNumberId: grants.phoneNumberId,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      label: phoneNumbers.label,
      tools: grants.tools,
      visibility: grants.visibility,
      recipientPolicy: grants.recipientPolicy,
      recipients: sql<number>`count(${grantRecipients.contactId})::int`,
      confirmPolicy: grants.confirmPolicy,
      dailyCap: grants.dailyCap,
      recipientHourlyCap: grants.recipientHourlyCap,
      createdAt: grants.createdAt,
    })
    .from(grants)
    .innerJoin(clients, eq(clients.id, grants.clientId))
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, grants.phoneNumberId))
    .leftJoin(grantRecipients, eq(grantRecipients.grantId, grants.id))
    .where(and(isNull(grants.revokedAt), clientId === undefined ? undefined : eq(grants.clientId, clientId)))
    .groupBy(grants.id, clients.id, phoneNumbers.id)
    .orderBy(asc(clients.name), asc(phoneNumbers.waPhoneNumberId));
}

/** Puts a contact on a grant's list; false when it was there before. */
export async function insertRecipient(tx: Transaction, grantId: string, contactId: string): Promise<boolean> {
  const rows = await tx
    .insert(grantRecipients)
    .values({ grantId, contactId })
    .onConflictDoNothing()
    .returning({ contactId: grantRecipients.contactId });
  return rows.length > 0;
}

/** Takes a contact off a grant's list; false when it was not on it. */
export async function deleteRecipient(tx: Transaction, grantId: string, contactId: string): Promise<boolean> {
  const rows = await tx
    .delete(grantRecipients)
    .where(and(eq(grantRecipients.grantId, grantId), eq(grantRecipients.contactId, contactId)))
    .returning({ contactId: grantRecipients.contactId });
  return rows.length > 0;
}

export async function deleteRecipients(tx: Transaction, grantId: string): Promise<void> {
  await tx.delete(grantRecipients).where(eq(grantRecipients.grantId, grantId));
}

/** Whether a contact belongs to a portfolio. */
export async function isContact(tx: Transaction, portfolioId: string, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: contacts.id })
    .from(contacts)
    .where(and(eq(contacts.id, id), eq(contacts.portfolioId, portfolioId)));
  return rows.length > 0;
}

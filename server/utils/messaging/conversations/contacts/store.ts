import { randomUUID } from "node:crypto";
import { and, eq, inArray, sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { contactAliases, conversations } from "#db/schema/index";
import type { Recipient } from "../../recipient";

/** One name of a contact. */
export interface Alias {
  readonly kind: string;
  readonly value: string;
}

// When nobody says since when: as of now, and for whatever comes.
const ANY_TIME = "infinity";

/**
 * Finds or creates the contact behind the aliases, as they were at a given time, and learns those that are new. A contact's id
 * is all chance: clients share contacts, and a uuid v7 would tell one since when another knows the person.
 */
export async function resolveContact(
  tx: Transaction,
  portfolioId: string,
  aliases: readonly Alias[],
  at?: Date,
): Promise<string> {
  const { kinds, values } = splitAliases(aliases);
  const time = sql`${at?.toISOString() ?? ANY_TIME}::timestamptz`;
  const rows = await tx.execute<{ id: string }>(
    sql`select resolve_contact_at(${portfolioId}, ${kinds}, ${values}, ${randomUUID()}::uuid, ${time}) as id`,
  );
  const id = rows[0]?.id;
  if (!id) throw new Error("resolve_contact_at returned no contact");
  return id;
}

/** The contact that had one of these aliases at a given time. */
export async function findContact(
  tx: Transaction,
  portfolioId: string,
  aliases: readonly Alias[],
  at: Date,
): Promise<string | undefined> {
  if (aliases.length === 0) return undefined;
  const { kinds, values } = splitAliases(aliases);
  const time = sql`${at.toISOString()}::timestamptz`;
  const rows = await tx.execute<{ id: string | null }>(
    sql`select find_contact_at(${portfolioId}, ${kinds}, ${values}, ${time}) as id`,
  );
  return rows[0]?.id ?? undefined;
}

/**
 * Ends a contact's aliases and gives it new ones.
 *
 * @returns false when one of the new aliases is somebody else's, who keeps it
 */
export async function renameContact(
  tx: Transaction,
  contactId: string,
  aliases: readonly Alias[],
  at: Date,
): Promise<boolean> {
  const { kinds, values } = splitAliases(aliases);
  const rows = await tx.execute<{ is_whole: boolean }>(sql`
    select rename_contact(${contactId}::uuid, ${kinds}, ${values}, ${at.toISOString()}::timestamptz) as is_whole`);
  return rows[0]?.is_whole ?? false;
}

function splitAliases(aliases: readonly Alias[]): { kinds: SQL; values: SQL } {
  const array = (parts: string[]): SQL =>
    sql`array[${sql.join(
      parts.map((part) => sql`${part}`),
      sql`, `,
    )}]::text[]`;
  return { kinds: array(aliases.map(({ kind }) => kind)), values: array(aliases.map(({ value }) => value)) };
}

/** The contact that a caller means, among those that it writes with on these numbers. */
export async function findVisibleContact(
  tx: Transaction,
  recipient: Recipient,
  phoneNumberIds: readonly string[],
): Promise<string | undefined> {
  const names = {
    contact: [],
    bsuid: ["bsuid"],
    phone_input: ["wa_id", "phone_input"],
  } satisfies Record<Recipient["kind"], (typeof contactAliases.$inferSelect.kind)[]>;
  const isMeant =
    recipient.kind === "contact"
      ? eq(conversations.contactId, recipient.contactId)
      : and(inArray(contactAliases.kind, names[recipient.kind]), eq(contactAliases.value, recipient.value));
  const rows = await tx
    .select({ id: conversations.contactId })
    .from(conversations)
    .innerJoin(contactAliases, eq(contactAliases.contactId, conversations.contactId))
    .where(and(inArray(conversations.phoneNumberId, [...phoneNumberIds]), isMeant))
    // Under an old number the person is still found, until somebody else has it.
    .orderBy(sql`${contactAliases.endedAt} desc nulls first`)
    .limit(1);
  return rows[0]?.id;
}

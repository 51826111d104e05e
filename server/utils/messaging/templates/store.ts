import { and, asc, eq, inArray, isNull, notInArray, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { phoneNumbers, templates } from "#db/schema/index";
import { newId } from "../../ids";
import type { TemplateDefinition } from "../../meta/read-template";
import { SENDABLE_STATUSES } from "./sendable-statuses";

export type TemplateRow = typeof templates.$inferSelect;

export interface TemplateFilter {
  readonly name?: string | undefined;
  readonly language?: string | undefined;
  /** In any case. */
  readonly status?: string | undefined;
  /** Only those that Meta takes now. */
  readonly sendable?: boolean;
  /** The last one of the page before, by our id. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

/** A number's templates that Meta still lists, by name and language. */
export async function listTemplates(
  tx: Transaction,
  phoneNumberId: string,
  { name, language, status, sendable, afterId, limit }: TemplateFilter,
): Promise<TemplateRow[]> {
  const wabaId = tx
    .select({ id: phoneNumbers.wabaId })
    .from(phoneNumbers)
    .where(eq(phoneNumbers.id, phoneNumberId));
  return tx
    .select()
    .from(templates)
    .where(
      and(
        inArray(templates.wabaId, wabaId),
        isNull(templates.removedAt),
        ...(name === undefined ? [] : [eq(templates.name, name)]),
        ...(language === undefined ? [] : [eq(templates.language, language)]),
        ...(status === undefined ? [] : [eq(templates.status, status.toUpperCase())]),
        ...(afterId === undefined
          ? []
          : [sql`(${templates.name}, ${templates.language}) > ${placeOf(tx, afterId)}`]),
        ...(sendable ? [inArray(templates.status, [...SENDABLE_STATUSES])] : []),
      ),
    )
    .orderBy(asc(templates.name), asc(templates.language))
    .limit(limit);
}

/** By name and language. A template that is gone keeps its place, because its row stays. */
function placeOf(tx: Transaction, id: string) {
  return tx
    .select({ name: templates.name, language: templates.language })
    .from(templates)
    .where(eq(templates.id, id));
}

/** The accounts of the numbers that are in use. */
export async function listAccounts(tx: Transaction): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ id: phoneNumbers.wabaId })
    .from(phoneNumbers)
    .where(isNull(phoneNumbers.disabledAt));
  return rows.map(({ id }) => id);
}

/** Whether an account has a number that is in use. */
export async function isAccount(tx: Transaction, wabaId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: phoneNumbers.id })
    .from(phoneNumbers)
    .where(and(eq(phoneNumbers.wabaId, wabaId), isNull(phoneNumbers.disabledAt)))
    .limit(1);
  return rows.length > 0;
}

/** Stores an account's templates as Meta lists them now; what it does not list any more is marked so. */
export async function replaceTemplates(
  tx: Transaction,
  wabaId: string,
  found: readonly TemplateDefinition[],
  now: Date,
): Promise<{ stored: number; removed: number }> {
  // Two syncs at once: the one that asked Meta later must not be undone.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`templates:${wabaId}`}, 0))`);
  for (const template of found) {
    const { components, ...rest } = template;
    const row = { ...rest, components: [...components], wabaId, syncedAt: now, removedAt: null };
    await tx
      .insert(templates)
      .values({ id: newId(), ...row })
      .onConflictDoUpdate({
        target: [templates.wabaId, templates.name, templates.language],
        set: row,
        setWhere: sql`${templates.syncedAt} <= ${now.toISOString()}`,
      });
  }
  const removed = await tx
    .update(templates)
    .set({ removedAt: now, syncedAt: now })
    .where(
      and(
        eq(templates.wabaId, wabaId),
        isNull(templates.removedAt),
        sql`${templates.syncedAt} <= ${now.toISOString()}`,
        ...(found.length > 0
          ? [
              notInArray(
                templates.waTemplateId,
                found.map(({ waTemplateId }) => waTemplateId),
              ),
            ]
          : []),
      ),
    )
    .returning({ id: templates.id });
  return { stored: found.length, removed: removed.length };
}

import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { phoneNumbers } from "#db/schema/index";
import type { HealthStatus, NumberHealth } from "../meta/fetch-number-health";

const healthColumns = {
  quality: phoneNumbers.quality,
  status: phoneNumbers.status,
  nameStatus: phoneNumbers.nameStatus,
  throughputLevel: phoneNumbers.throughputLevel,
  messagingLimitTier: phoneNumbers.messagingLimitTier,
  health: phoneNumbers.health,
};

export interface WorkingNumber {
  readonly id: string;
  readonly waPhoneNumberId: string;
}

/** The numbers that are not disabled, of one account or of all. */
export async function listWorkingNumbers(
  tx: Transaction,
  wabaId: string | undefined,
): Promise<WorkingNumber[]> {
  return tx
    .select({ id: phoneNumbers.id, waPhoneNumberId: phoneNumbers.waPhoneNumberId })
    .from(phoneNumbers)
    .where(and(isNull(phoneNumbers.disabledAt), wabaId ? eq(phoneNumbers.wabaId, wabaId) : undefined))
    .orderBy(phoneNumbers.id);
}

/** How a number was when Meta was last asked. Locked, so that what has turned is found once. */
export async function lockHealth(tx: Transaction, phoneNumberId: string): Promise<NumberHealth | undefined> {
  const rows = await tx
    .select(healthColumns)
    .from(phoneNumbers)
    .where(eq(phoneNumbers.id, phoneNumberId))
    .for("no key update");
  return rows[0] && { ...rows[0], health: readStored(rows[0].health) };
}

/** @param changed what is another than before; the columns that clients' keys are cached with are written only then */
export async function writeHealth(
  tx: Transaction,
  phoneNumberId: string,
  changed: Partial<NumberHealth>,
  now: Date,
): Promise<void> {
  const { health, ...words } = changed;
  await tx
    .update(phoneNumbers)
    .set({ ...words, ...(health ? { health: { ...health } } : {}), syncedAt: now })
    .where(eq(phoneNumbers.id, phoneNumberId));
}

/** How a number is, for whoever may use it. */
export interface NumberState extends NumberHealth {
  readonly id: string;
  readonly syncedAt: Date | null;
}

export async function listNumberStates(tx: Transaction, ids: readonly string[]): Promise<NumberState[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select({ id: phoneNumbers.id, ...healthColumns, syncedAt: phoneNumbers.syncedAt })
    .from(phoneNumbers)
    .where(inArray(phoneNumbers.id, [...ids]));
  return rows.map((row) => Object.assign(row, { health: readStored(row.health) }));
}

// It was written by writeHealth.
const readStored = (health: Record<string, unknown> | null): HealthStatus | null =>
  health as HealthStatus | null;

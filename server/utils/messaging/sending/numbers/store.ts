import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { phoneNumbers } from "#db/schema/index";

/** A number, as far as sending depends on it. */
export interface SendingNumber {
  readonly waPhoneNumberId: string;
  readonly portfolioId: string;
  readonly lastWebhookAt: Date | null;
  readonly pausedAt: Date | null;
  readonly disabledAt: Date | null;
  readonly throttledUntil: Date | null;
}

export async function readSendingNumber(
  tx: Transaction,
  phoneNumberId: string,
): Promise<SendingNumber | undefined> {
  const rows = await tx
    .select({
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      portfolioId: phoneNumbers.portfolioId,
      lastWebhookAt: phoneNumbers.lastWebhookAt,
      pausedAt: phoneNumbers.pausedAt,
      disabledAt: phoneNumbers.disabledAt,
      throttledUntil: phoneNumbers.throttledUntil,
    })
    .from(phoneNumbers)
    .where(eq(phoneNumbers.id, phoneNumberId));
  return rows[0];
}

/** Pauses a number. False when it is paused already. */
export async function markPaused(
  tx: Transaction,
  phoneNumberId: string,
  code: number | null,
  now: Date,
): Promise<boolean> {
  const rows = await tx
    .update(phoneNumbers)
    .set({ pausedAt: now, pauseCode: code })
    .where(and(eq(phoneNumbers.id, phoneNumberId), isNull(phoneNumbers.pausedAt)))
    .returning({ id: phoneNumbers.id });
  return rows.length > 0;
}

/** Ends a number's pause. Undefined when there is no such number. */
export async function clearPause(
  tx: Transaction,
  phoneNumberId: string,
): Promise<{ readonly wasPaused: boolean; readonly code: number | null } | undefined> {
  const rows = await tx
    .select({ pausedAt: phoneNumbers.pausedAt, code: phoneNumbers.pauseCode })
    .from(phoneNumbers)
    .where(eq(phoneNumbers.id, phoneNumberId))
    .for("no key update");
  const row = rows[0];
  if (!row) return undefined;
  await tx
    .update(phoneNumbers)
    .set({ pausedAt: null, pauseCode: null })
    .where(eq(phoneNumbers.id, phoneNumberId));
  return { wasPaused: row.pausedAt !== null, code: row.code };
}

/** A number that may have to rest. */
export interface RestingNumber {
  readonly id: string;
  readonly throttledUntil: Date | null;
  readonly throttleLevel: number;
}

/**
 * The numbers that a limit concerns: this one, those of its account, or all. Locked in the order of their ids, so that two
 * answers of Meta's that concern several cannot wait for each other.
 */
export async function lockLimitedNumbers(
  tx: Transaction,
  phoneNumberId: string,
  scope: "number" | "waba" | "app",
): Promise<RestingNumber[]> {
  const { id, wabaId, throttledUntil, throttleLevel } = phoneNumbers;
  const own = sql`(select own.waba_id from phone_numbers own where own.id = ${phoneNumberId})`;
  const concerned = { number: eq(id, phoneNumberId), waba: sql`${wabaId} = ${own}`, app: undefined };
  return tx
    .select({ id, throttledUntil, throttleLevel })
    .from(phoneNumbers)
    .where(concerned[scope])
    .orderBy(id)
    .for("no key update");
}

export async function throttleNumbers(
  tx: Transaction,
  ids: readonly string[],
  until: Date,
  level: number,
): Promise<void> {
  await tx
    .update(phoneNumbers)
    .set({
      throttledUntil: sql`greatest(${phoneNumbers.throttledUntil}, ${until.toISOString()}::timestamptz)`,
      throttleLevel: level,
    })
    .where(inArray(phoneNumbers.id, [...ids]));
}

/** Forgets how often Meta said "slow down", once an attempt from after the last rest was taken. */
export async function relaxNumber(tx: Transaction, phoneNumberId: string, attemptedAt: Date): Promise<void> {
  await tx.execute(sql`
    update phone_numbers set throttle_level = 0
    where id = ${phoneNumberId} and throttle_level > 0
      and throttled_until <= ${attemptedAt.toISOString()}::timestamptz`);
}

/** A conversation that waits, by the message that is next in it. */
export interface WaitingHead {
  readonly id: string;
  readonly conversationId: string;
  readonly phoneNumberId: string;
  readonly requestId: string | null;
}

/**
 * The conversations of a number in which something is queued and nothing under way, those that waited longest first;
 * without those whose own wake-up waits for the relay.
 */
export async function listWaitingHeads(
  tx: Transaction,
  phoneNumberId: string,
  afterId: string,
  limit: number,
): Promise<WaitingHead[]> {
  const rows = await tx.execute<{ id: string; conversation_id: string; request_id: string | null }>(sql`
    select m.id, m.conversation_id, m.request_id
    from messages m join conversations c on c.id = m.conversation_id
    where m.phone_number_id = ${phoneNumberId} and m.status = 'queued' and m.id > ${afterId}
      and not exists (
        select from messages earlier
        where earlier.conversation_id = m.conversation_id and earlier.position < m.position
          and earlier.status in ('queued', 'sending') and earlier.uncertain_at is null
      )
      and (c.deferred_wakes > 0 or not exists (
        select from outbox o
        where o.sent_at is null and o.name = 'wa/message.queued' and o.data ->> 'message_id' = m.id::text
      ))
    order by m.id limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    conversationId: row.conversation_id,
    phoneNumberId,
    requestId: row.request_id,
  }));
}

/** Takes one deferred wake-up from each conversation; the sweep need not look after their heads for a while. */
export async function takeDeferredWakes(
  tx: Transaction,
  heads: readonly WaitingHead[],
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    update conversations set deferred_wakes = greatest(deferred_wakes - 1, 0)
    where id in ${heads.map(({ conversationId }) => conversationId)}`);
  await tx.execute(sql`
    update messages set rescued_at = ${now.toISOString()} where id in ${heads.map(({ id }) => id)}`);
}

import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { apiKeys, clients, mcpSessions } from "#db/schema/index";
import type { SessionNews } from "./session-news";

/** A session as every process can take it up. */
export type StoredSession = Pick<typeof mcpSessions.$inferSelect, "id" | "initialize" | "lastSeenAt">;

export interface NewSession {
  readonly id: string;
  readonly clientId: string;
  readonly keyId: string;
  readonly initialize: Record<string, unknown>;
}

export interface SessionLimit {
  /** How many sessions a key may have. */
  readonly limit: number;
  readonly now: Date;
  /** Called when the key has as many already, before another makes room. */
  readonly onFull: () => Promise<void>;
}

const isStreaming = (now: Date) => gt(mcpSessions.streamingUntil, now);
const streamsNowhere = (now: Date) =>
  or(isNull(mcpSessions.streamingUntil), lte(mcpSessions.streamingUntil, now));

/**
 * Opens a session, one key's after another: the key's row is locked, so that the limit is exact however many processes open
 * some, and so that a key which is revoked at the same time ends either before or after this one. Above the limit the one goes
 * that was idle longest, streams nowhere and is not at work.
 *
 * @returns `full` when all of them stream, `refused` when the key is not good any more
 */
export async function insertSession(
  tx: Transaction,
  { id, clientId, keyId, initialize }: NewSession,
  { limit, now, onFull }: SessionLimit,
): Promise<"opened" | "full" | "refused"> {
  const living = await tx.execute(sql`
    select 1 from ${apiKeys} k join ${clients} c on c.id = k.client_id
    where k.id = ${keyId} and k.revoked_at is null and c.disabled_at is null
    for no key update of k for share of c`);
  if (living.length === 0) return "refused";
  const ofKey = eq(mcpSessions.apiKeyId, keyId);
  const [{ count } = { count: 0 }] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(mcpSessions)
    .where(ofKey);
  const excess = count - limit + 1;
  if (excess > 0) {
    await onFull();
    const idle = await tx
      .select({ id: mcpSessions.id })
      .from(mcpSessions)
      .where(and(ofKey, streamsNowhere(now)))
      .orderBy(asc(mcpSessions.lastSeenAt))
      .limit(excess);
    if (idle.length < excess) return "full";
    await deleteSessions(
      tx,
      idle.map((session) => session.id),
    );
  }
  await tx.insert(mcpSessions).values({ id, clientId, apiKeyId: keyId, initialize, lastSeenAt: now });
  return "opened";
}

/** A session of this key that was used since `idleSince` or streams somewhere. */
export async function findSession(
  tx: Transaction,
  { id, keyId }: { readonly id: string; readonly keyId: string },
  idleSince: Date,
  now: Date,
): Promise<StoredSession | undefined> {
  const isAlive = or(gt(mcpSessions.lastSeenAt, idleSince), isStreaming(now));
  const [row] = await tx
    .select({
      id: mcpSessions.id,
      initialize: mcpSessions.initialize,
      lastSeenAt: mcpSessions.lastSeenAt,
    })
    .from(mcpSessions)
    .where(and(eq(mcpSessions.id, id), eq(mcpSessions.apiKeyId, keyId), isAlive));
  return row;
}

/** Those of these sessions that there still are. */
export async function findExisting(tx: Transaction, ids: readonly string[]) {
  return tx
    .select({ id: mcpSessions.id, subscriptions: mcpSessions.subscriptions })
    .from(mcpSessions)
    .where(inArray(mcpSessions.id, [...ids]));
}

/** Has sessions that are at work count as streaming, unless something does so already. */
export async function markWorking(
  tx: Transaction,
  marks: readonly { readonly id: string; readonly former: Date | undefined }[],
  now: Date,
  until: Date,
): Promise<void> {
  const rows = JSON.stringify(marks.map(({ id, former }) => ({ id, former: former?.toISOString() })));
  await tx.execute(sql`
    update ${mcpSessions} s set streaming_until = ${until.toISOString()}, last_seen_at = ${now.toISOString()}
    from json_to_recordset(${rows}::text::json) as r(id text, former timestamptz)
    where s.id = r.id
      and (streaming_until is null or streaming_until <= ${now.toISOString()} or streaming_until = r.former)`);
}

/** Notes that a session was used; false when it is gone. */
export async function touchSession(tx: Transaction, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(mcpSessions)
    .set({ lastSeenAt: now })
    .where(eq(mcpSessions.id, id))
    .returning({ id: mcpSessions.id });
  return rows.length > 0;
}

/** Deletes sessions and tells every process, so that each ends what it holds of them. */
export async function deleteSessions(tx: Transaction, ids: readonly string[]): Promise<void> {
  await announceEnd(tx, sql`id in ${[...ids]}`);
}

/** Deletes sessions that nobody has used since `idleSince`, and that stream nowhere. */
export async function deleteIdleSessions(tx: Transaction, idleSince: Date, now: Date): Promise<void> {
  await announceEnd(
    tx,
    sql`last_seen_at < ${idleSince.toISOString()}
      and (streaming_until is null or streaming_until <= ${now.toISOString()})`,
  );
}

/** Deletes the sessions of keys that are not good any more: of one client, or of all. */
export async function deleteSessionsOfDeadKeys(
  tx: Transaction,
  clientId: string | undefined,
  now: Date,
): Promise<void> {
  await announceEnd(
    tx,
    sql`${clientId ? sql`client_id = ${clientId}` : sql`true`} and exists (
      select from ${apiKeys} k join ${clients} c on c.id = k.client_id
      where k.id = api_key_id
        and (k.revoked_at is not null or k.expires_at <= ${now.toISOString()} or c.disabled_at is not null))`,
  );
}

async function announceEnd(tx: Transaction, which: ReturnType<typeof sql>): Promise<void> {
  await tx.execute(sql`
    with gone as (delete from ${mcpSessions} where ${which} returning id)
    select pg_notify('wamcp_sessions', json_build_object('id', id, 'kind', 'ended')::text) from gone`);
}

/** Tells every process something about a session. */
export async function tellSessions(tx: Transaction, news: SessionNews): Promise<void> {
  await tx.execute(sql`select pg_notify('wamcp_sessions', ${JSON.stringify(news)})`);
}

import { and, eq, gt, inArray, max, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { changes, mcpSessions } from "#db/schema/index";

/** What a process gets with a session's event stream. */
export interface TakenStream {
  /** Until when the session counts as streaming; another value than that of any stream which was not given up. */
  readonly lease: number;
  readonly subscriptions: readonly string[];
  readonly toldSeq: number | null;
}

/**
 * Makes this process the one that holds a session's event stream, and tells whichever held it before.
 *
 * @returns undefined when the key has no such session
 */
export async function takeStream(
  tx: Transaction,
  { id, keyId, stream }: { readonly id: string; readonly keyId: string; readonly stream: string },
  now: Date,
  until: Date,
): Promise<TakenStream | undefined> {
  const [row] = await tx.execute<{ lease: number; subscriptions: string[]; told_seq: string | null }>(sql`
    with taken as (
      update ${mcpSessions}
      set streaming_until = greatest(${until.toISOString()}, streaming_until + interval '1 millisecond'),
        last_seen_at = ${now.toISOString()}
      where id = ${id} and api_key_id = ${keyId}
      returning id, subscriptions, told_seq, (extract(epoch from streaming_until) * 1000)::float8 as lease
    )
    select to_json(subscriptions) as subscriptions, told_seq, lease,
      pg_notify('wamcp_sessions', json_build_object('id', id, 'kind', 'streaming', 'stream', ${stream}::text)::text)
    from taken`);
  if (!row) return undefined;
  const toldSeq = row.told_seq === null ? null : Number(row.told_seq);
  return { lease: Math.round(row.lease), subscriptions: row.subscriptions, toldSeq };
}

export interface StreamRenewal {
  readonly id: string;
  readonly lease: number;
  /** The new lease; not after now to give it up. */
  readonly until: number;
  readonly toldSeq: number;
}

/**
 * Renews the leases of streams and writes down how far they have told, in one statement.
 *
 * @returns the sessions whose stream is still this process's
 */
export async function renewStreams(
  tx: Transaction,
  renewals: readonly StreamRenewal[],
  now: Date,
): Promise<Set<string>> {
  const rows = renewals.map(({ id, lease, until, toldSeq }) => ({
    id,
    lease: new Date(lease).toISOString(),
    until: new Date(until).toISOString(),
    told: toldSeq,
  }));
  const kept = await tx.execute<{ id: string }>(sql`
    update ${mcpSessions} s
    set streaming_until = r.until, last_seen_at = ${now.toISOString()},
      told_seq = case when s.told_seq < r.told then r.told else s.told_seq end
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r(id text, lease timestamptz, until timestamptz, told bigint)
    where s.id = r.id and s.streaming_until = r.lease
    returning s.id`);
  return new Set(kept.map(({ id }) => id));
}

/**
 * Adds an address to what a session hears of, and tells every process. The first one marks the place from which the session
 * is told.
 *
 * @returns the last change before it, or why it was not added
 */
export async function addSubscription(
  tx: Transaction,
  { id, uri, limit }: { readonly id: string; readonly uri: string; readonly limit: number },
): Promise<number | "full" | "gone"> {
  const [row] = await tx.execute<{ is_added: boolean; seq: string }>(sql`
    with asked as (
      update ${mcpSessions}
      set told_seq = coalesce(told_seq, last_change_seq()), subscriptions =
        case when ${uri} = any(subscriptions) or cardinality(subscriptions) >= ${limit}::int
        then subscriptions else array_append(subscriptions, ${uri}) end
      where id = ${id}
      returning id, ${uri} = any(subscriptions) as is_added, last_change_seq() as seq
    )
    select is_added, seq, case when is_added then
      pg_notify('wamcp_sessions', json_build_object('id', id, 'kind', 'subscribed', 'uri', ${uri}::text, 'seq', seq)::text)
    end from asked`);
  if (!row) return "gone";
  return row.is_added ? Number(row.seq) : "full";
}

/** Takes addresses out of what a session hears of, and tells every process of those that were in it. */
export async function removeSubscriptions(
  tx: Transaction,
  id: string,
  uris: readonly string[],
): Promise<void> {
  const removed = JSON.stringify(uris);
  await tx.execute(sql`
    with removed as (select json_array_elements_text(${removed}::text::json) as uri), session as (
      select id, subscriptions as former from ${mcpSessions} where id = ${id} for update
    ), done as (
      update ${mcpSessions} s
      set subscriptions = array(select u from unnest(former) u where u not in (select uri from removed))
      from session where s.id = session.id and former && array(select uri from removed)
      returning s.id, former
    )
    select pg_notify('wamcp_sessions', json_build_object('id', id, 'kind', 'unsubscribed', 'uri', uri)::text)
    from done, removed where uri = any(former)`);
}

/** Where the change feed begins and ends now; zeros when it is empty. */
export async function readFeedBounds(tx: Transaction): Promise<{ firstSeq: number; lastSeq: number }> {
  const [row] = await tx.execute<{ first: string; last: string }>(sql`
    select coalesce(min(seq), 0) as first, coalesce(max(seq), 0) as last from ${changes}`);
  return { firstSeq: Number(row?.first ?? 0), lastSeq: Number(row?.last ?? 0) };
}

// What follows is asked as the client: row-level security decides what is visible, the filters only narrow it.

/** The newest change from a person behind `after`. */
export async function findNewestInbound(
  tx: Transaction,
  after: number,
  phoneNumberIds: readonly string[],
): Promise<number | undefined> {
  const isGranted = inArray(changes.phoneNumberId, [...phoneNumberIds]);
  const [row] = await tx
    .select({ seq: max(changes.seq) })
    .from(changes)
    .where(and(gt(changes.seq, after), eq(changes.direction, "inbound"), isGranted));
  return row?.seq ?? undefined;
}

/** The newest change behind `after` of each of these numbers that has one. */
export async function findNewestOfNumbers(
  tx: Transaction,
  after: number,
  phoneNumberIds: readonly string[],
): Promise<{ id: string; seq: number | null }[]> {
  return tx
    .select({ id: changes.phoneNumberId, seq: max(changes.seq) })
    .from(changes)
    .where(and(gt(changes.seq, after), inArray(changes.phoneNumberId, [...phoneNumberIds])))
    .groupBy(changes.phoneNumberId);
}

/** The newest change behind `after` of each of these conversations that has one. */
export async function findNewestOfConversations(
  tx: Transaction,
  after: number,
  conversationIds: readonly string[],
  phoneNumberIds: readonly string[],
): Promise<{ id: string; seq: number | null }[]> {
  const isGranted = inArray(changes.phoneNumberId, [...phoneNumberIds]);
  return tx
    .select({ id: changes.conversationId, seq: max(changes.seq) })
    .from(changes)
    .where(and(gt(changes.seq, after), inArray(changes.conversationId, [...conversationIds]), isGranted))
    .groupBy(changes.conversationId);
}

import { sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { listUuids } from "#db/list-uuids";
import { auditLog } from "#db/schema/index";

/** A body as it came in. */
export interface ReceivedBody {
  readonly id: string;
  readonly body: Buffer;
  readonly receivedAt: Date;
}

/** A body that this process handles. */
export interface InboxBody extends ReceivedBody {
  /** How often it was claimed, this time included. */
  readonly attempts: number;
}

/** Stores webhook bodies with one statement, which reads the same for any number of them (`#db/prepare-statements.ts`). */
export async function insertInboxBodies(tx: Transaction, bodies: readonly ReceivedBody[]): Promise<void> {
  const ids = bodies.map(({ id }) => id);
  const times = bodies.map(({ receivedAt }) => receivedAt.toISOString());
  const contents = bodies.map(({ body }) => `"\\\\x${body.toString("hex")}"`);
  await tx.execute(sql`
    insert into webhook_inbox (id, body, received_at)
    select * from unnest(${listUuids(ids)}, ${`{${contents.join(",")}}`}::bytea[], ${`{${times.join(",")}}`}::timestamptz[])`);
}

/** Takes bodies that nobody handles, for `leaseMs`. */
export async function claimInboxBodies(
  tx: Transaction,
  ids: readonly string[],
  now: Date,
  leaseMs: number,
): Promise<InboxBody[]> {
  const until = new Date(now.getTime() + leaseMs).toISOString();
  const rows = await tx.execute<{ id: string; body: Buffer; received_at: string; attempts: number }>(sql`
    update webhook_inbox set state = 'processing', claim_expires_at = ${until}, attempts = attempts + 1
    where id in (
      select id from webhook_inbox
      where id = any(${listUuids(ids)})
        and (state = 'received' or (state = 'processing' and claim_expires_at <= ${now.toISOString()}))
      for update skip locked
    )
    returning id, body, received_at, attempts`);
  return rows
    .map((row) => ({
      id: row.id,
      body: row.body,
      attempts: row.attempts,
      receivedAt: new Date(row.received_at),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** A body as claimed: whoever claims it after us counts one more attempt. */
export type InboxClaim = Pick<InboxBody, "id" | "attempts">;

/**
 * Keeps bodies for `leaseMs` from now on.
 *
 * @returns the ids of those that are still ours
 */
export async function renewInboxClaims(
  tx: Transaction,
  claims: readonly InboxClaim[],
  now: Date,
  leaseMs: number,
): Promise<string[]> {
  const until = new Date(now.getTime() + leaseMs).toISOString();
  const rows = await tx.execute<{ id: string }>(sql`
    update webhook_inbox set claim_expires_at = ${until}
    where (id, attempts) in (${listClaims(claims)}) and state = 'processing'
    returning id`);
  return rows.map((row) => row.id);
}

/** Notes how a body ended, unless somebody else has it by now. */
export async function finishInboxBody(
  tx: Transaction,
  { id, attempts }: InboxClaim,
  now: Date,
  error: Record<string, unknown> | undefined,
): Promise<void> {
  await tx.execute(sql`
    update webhook_inbox
    set state = ${error ? "dead" : "done"}, processed_at = ${now.toISOString()}, claim_expires_at = null,
      error = ${error ? JSON.stringify(error) : null}::text::jsonb
    where id = ${id} and attempts = ${attempts} and state = 'processing'`);
}

/** Gives bodies back, to be handled again: the database was away, no body bad. */
export async function releaseInboxBodies(tx: Transaction, claims: readonly InboxClaim[]): Promise<void> {
  await tx.execute(sql`
    update webhook_inbox set state = 'received', claim_expires_at = null
    where (id, attempts) in (${listClaims(claims)}) and state = 'processing'`);
}

/** Writes an audit row under an id that its element has for good. False when it was written before. */
export async function insertAuditOnce(tx: Transaction, row: typeof auditLog.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(auditLog).values(row).onConflictDoNothing().returning({ id: auditLog.id });
  return rows.length > 0;
}

/** Bodies that should have been handled by now. */
export async function listStaleInboxIds(
  tx: Transaction,
  receivedBefore: Date,
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from webhook_inbox
    where received_at < ${receivedBefore.toISOString()}
      and (state = 'received' or (state = 'processing' and claim_expires_at <= ${now.toISOString()}))
    order by received_at limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Whether anything that Meta said before a given time is still unread. */
export async function hasUnprocessedBodies(tx: Transaction, receivedBefore: Date): Promise<boolean> {
  const rows = await tx.execute<{ waiting: boolean }>(sql`
    select exists (
      select from webhook_inbox
      where state in ('received', 'processing') and received_at <= ${receivedBefore.toISOString()}
    ) as waiting`);
  return rows[0]?.waiting ?? false;
}

function listClaims(claims: readonly InboxClaim[]): SQL {
  return sql.join(
    claims.map(({ id, attempts }) => sql`(${id}::uuid, ${attempts}::integer)`),
    sql`, `,
  );
}

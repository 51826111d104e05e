import type { Pool } from "../store/database";

/** First key of the session locks by which engines show that they live; the second is the instance number. */
export const INSTANCE_LOCK_CLASS = 8288;

/**
 * Release the items of engines that are provably dead: a living one holds its session lock. Done at start only; right
 * after a restart of the database a living engine may not hold its lock again yet.
 */
export async function releaseDeadLeases(pool: Pool, instance: number): Promise<number> {
  const released = await pool`
    update queue set lease_owner = null, lease_token = null, lease_until = '-infinity'
    where lease_owner is not null and lease_owner <> ${instance} and not exists (
      select from pg_locks
      where locktype = 'advisory' and classid = ${INSTANCE_LOCK_CLASS} and objid = lease_owner and objsubid = 2
        and database = (select oid from pg_database where datname = current_database()))`;
  return released.count;
}

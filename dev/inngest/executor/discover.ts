import type { Queryable } from "../store/database";
import { enqueue } from "../store/queue";
import { setRediscover } from "../store/runs";

/**
 * Have the run's function called to find its next steps. There is at most one such call per run: one that waits in
 * the queue will see what has just been memoised, one in flight is followed by another. Two at once could both find,
 * and run, the same step. The caller holds the run's row.
 */
export async function discover(tx: Queryable, runId: string): Promise<void> {
  const uniqueKey = `discover:${runId}`;
  if (await enqueue(tx, { kind: "call", runId, stepId: "step", uniqueKey })) return;
  // Locking the waiting item keeps it from being claimed before the new memo is committed.
  const [waiting] = await tx<{ leased: boolean }[]>`
    select lease_owner is not null as leased from queue where unique_key = ${uniqueKey} for update`;
  if (!waiting || waiting.leased) await setRediscover(tx, runId, true);
}

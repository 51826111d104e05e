import type { Queryable } from "./database";

/** An unfinished run that one of the events may cancel. */
export interface Cancellation {
  runId: string;
  eventName: string;
  expression: string | null;
  events: string;
}

/** Let an event cancel a run until a moment passes (`cancelOn`). */
export async function addCancellation(
  tx: Queryable,
  cancellation: { runId: string; eventName: string; expression?: string; timeoutMs: number },
): Promise<void> {
  await tx`
    insert into cancellations (run_id, event_name, expression, expires_at)
    values (${cancellation.runId}, ${cancellation.eventName}, ${cancellation.expression ?? null},
      now() + ${cancellation.timeoutMs}::float8 * interval '1 millisecond')`;
}

/** Cancellations that any of these events may trigger, oldest run first. */
export async function readCancellations(
  tx: Queryable,
  eventNames: readonly string[],
): Promise<Cancellation[]> {
  return tx<Cancellation[]>`
    select run_id as "runId", event_name as "eventName", expression, events
    from cancellations join runs on runs.id = run_id
    where event_name = any (${eventNames}::text[]) and expires_at > now() order by runs.seq`;
}

/** Whether any run waits for, or may be cancelled by, one of these events. */
export async function isAwaited(tx: Queryable, eventNames: readonly string[]): Promise<boolean> {
  const [row] = await tx<{ awaited: boolean }[]>`
    select exists (select from pending where event_name = any (${eventNames}::text[]))
      or exists (select from cancellations where event_name = any (${eventNames}::text[])) as awaited`;
  return row?.awaited ?? false;
}

/** Remove the timer of a sleep or wait that ended another way; one that is firing finds nothing to do. */
export async function removeTimer(tx: Queryable, runId: string, stepId: string): Promise<void> {
  await tx`delete from queue where unique_key = ${timerKey(runId, stepId)} and lease_owner is null`;
}

/** The unique key of a step's timer in the queue. */
export function timerKey(runId: string, stepId: string): string {
  return `timer:${runId}:${stepId}`;
}

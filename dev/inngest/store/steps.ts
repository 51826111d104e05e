import type { Queryable } from "./database";

/** What a run waits for. */
export type PendingKind = "step" | "sleep" | "event" | "invoke";

/** A planned step or an open wait of a run. */
export interface PendingStep {
  stepId: string;
  kind: PendingKind;
  /** Discover again as soon as this one is done instead of waiting for its siblings. */
  race: boolean;
  eventName?: string;
  expression?: string;
}

/** A wait that an event may end, with the run's own trigger event for the expression. */
export interface OpenWait {
  runId: string;
  stepId: string;
  eventName: string;
  expression: string | null;
  events: string;
}

/** Memoised steps of a run in the order they were resolved, each as the JSON the SDK expects. */
export async function readMemo(sql: Queryable, runId: string): Promise<{ stepId: string; memo: string }[]> {
  return sql<{ stepId: string; memo: string }[]>`
    select step_id as "stepId", memo from steps where run_id = ${runId} order by seq`;
}

/** Memoise a step; the first result stands. */
export async function writeMemo(tx: Queryable, runId: string, stepId: string, memo: unknown): Promise<void> {
  await tx`
    insert into steps (run_id, step_id, memo) values (${runId}, ${stepId}, ${JSON.stringify(memo)})
    on conflict do nothing`;
}

/** Add a planned step or wait; false when the run already has it, planned or resolved. */
export async function addPending(tx: Queryable, runId: string, step: PendingStep): Promise<boolean> {
  const added = await tx`
    insert into pending (run_id, step_id, kind, race, event_name, expression)
    select ${runId}, ${step.stepId}, ${step.kind}, ${step.race}, ${step.eventName ?? null}, ${step.expression ?? null}
    where not exists (select from steps where run_id = ${runId} and step_id = ${step.stepId})
    on conflict do nothing`;
  return added.count === 1;
}

/** Take a planned step or wait away; undefined when it was not there (resolved by somebody else). */
export async function takePending(
  tx: Queryable,
  runId: string,
  stepId: string,
): Promise<{ kind: PendingKind; race: boolean } | undefined> {
  const [taken] = await tx<{ kind: PendingKind; race: boolean }[]>`
    delete from pending where run_id = ${runId} and step_id = ${stepId} returning kind, race`;
  return taken;
}

/** How much a run still waits for: all open steps, and the planned ones among them. */
export async function countPending(
  sql: Queryable,
  runId: string,
): Promise<{ open: number; planned: number }> {
  const [row] = await sql<{ open: number; planned: number }[]>`
    select count(*)::int as open, count(*) filter (where kind = 'step')::int as planned
    from pending where run_id = ${runId}`;
  return row ?? { open: 0, planned: 0 };
}

/** Waits for any of these events, oldest run first. */
export async function readOpenWaits(tx: Queryable, eventNames: readonly string[]): Promise<OpenWait[]> {
  return tx<OpenWait[]>`
    select run_id as "runId", step_id as "stepId", event_name as "eventName", expression, events
    from pending join runs on runs.id = run_id
    where event_name = any (${eventNames}::text[]) order by runs.seq`;
}

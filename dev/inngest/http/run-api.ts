import { finishRun } from "../executor/finish-run";
import { inWork } from "../executor/in-work";
import { lockRun, readRun, readRunsOfEvent, type Run } from "../store/runs";
import { HttpError } from "./http-error";
import type { Exchange } from "./exchange";

/** `GET /v1/events/:id/runs`: runs an event started, by either of its ids. */
export async function getEventRuns({ engine, parameters }: Exchange): Promise<unknown> {
  const runs = await readRunsOfEvent(engine.pool, parameters[0] ?? "");
  return envelope(runs.map(describeRun));
}

/** `GET /v1/runs/:id`. */
export async function getRun({ engine, parameters }: Exchange): Promise<unknown> {
  const run = await readRun(engine.pool, parameters[0] ?? "");
  if (!run) throw new HttpError(404, "run not found");
  return envelope(describeRun(run));
}

/** `DELETE /v1/runs/:id`: cancel a run. */
export async function deleteRun({ engine, parameters }: Exchange): Promise<unknown> {
  return inWork(engine, async (work) => {
    const run = await lockRun(work.tx, parameters[0] ?? "");
    if (!run) throw new HttpError(404, "run not found");
    if (!run.endedAt) await finishRun(work, run, { status: "Cancelled" });
    return envelope({ run_id: run.id });
  });
}

/** A run in the words of Inngest's REST API. */
export function describeRun(run: Run): Record<string, unknown> {
  return {
    run_id: run.id,
    function_id: run.functionId,
    event_id: run.eventIds[0] ?? null,
    status: run.status,
    run_started_at: (run.startedAt ?? run.queuedAt).toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
    output: run.output === null ? null : (JSON.parse(run.output) as unknown),
  };
}

function envelope(data: unknown): Record<string, unknown> {
  return { data, metadata: { fetched_at: new Date().toISOString() } };
}

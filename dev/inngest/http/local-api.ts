import { inWork } from "../executor/in-work";
import { listRuns, readRun } from "../store/runs";
import { readStats } from "../store/stats";
import { startRuns } from "../triggers/start-runs";
import { HttpError } from "./http-error";
import type { Exchange } from "./exchange";
import { describeRun } from "./run-api";

const LIST_LIMIT = 1000;

/** `GET /local/runs?function=&status=&limit=`: the newest runs, with their events. */
export async function getLocalRuns({ engine, query }: Exchange): Promise<unknown> {
  const functionId = query.get("function");
  const status = query.get("status");
  const runs = await listRuns(engine.pool, {
    ...(functionId === null ? {} : { functionId }),
    ...(status === null ? {} : { status }),
    limit: Math.min(LIST_LIMIT, Math.max(1, Number(query.get("limit") ?? 100) || 100)),
  });
  return { data: runs.map((run) => Object.assign(describeRun(run), { events: run.events })) };
}

/**
 * `POST /local/runs/:id/rerun`: the same events with their ids and times in a new run with nothing memoised. As on a
 * real server neither the event id nor an idempotency key holds it back.
 */
export async function rerun({ engine, parameters }: Exchange): Promise<unknown> {
  const run = await readRun(engine.pool, parameters[0] ?? "");
  if (!run) throw new HttpError(404, "run not found");
  const runIds = await inWork(engine, async (work) => {
    const config = (await work.functions).byId.get(run.functionId);
    if (!config) throw new HttpError(404, "function not found");
    const accepted = run.events.map((event, index) => ({
      internalId: run.eventIds[index] ?? event.id,
      event,
    }));
    return startRuns(work, [{ config, accepted, unlimited: true }]);
  });
  return { run_id: runIds[0] };
}

/** `GET /local/stats`: how much there is to do. */
export async function getLocalStats({ engine }: Exchange): Promise<unknown> {
  return readStats(engine.pool);
}

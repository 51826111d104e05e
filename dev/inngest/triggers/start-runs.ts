import { parseDelayMs, parseDurationMs } from "../duration";
import type { Work } from "../executor/work";
import { evaluateExpression } from "../expressions";
import { planConcurrency } from "../flow-control/concurrency";
import { claimSingleton } from "../flow-control/singleton";
import { throttleDelayMs } from "../flow-control/throttle";
import type { AcceptedEvent } from "../store/events";
import { enqueue } from "../store/queue";
import { insertRuns, type NewRun } from "../store/runs";
import { addCancellation } from "../store/waits";
import type { FunctionConfig } from "../types";
import { createUlid } from "../ulid";

/** What one run is to be started with. */
export interface RunStart {
  config: FunctionConfig;
  /** One event, or several for a batch. */
  accepted: readonly AcceptedEvent[];
  parent?: { runId: string; stepId: string };
  delayMs?: number;
  /** A rerun passes over throttle and singleton. */
  unlimited?: boolean;
}

/** Inngest waits a year at most. */
const YEAR_MS = 365 * 86_400_000;
const PRIORITY_LIMIT_SECONDS = 600;

/**
 * Create runs and queue their first calls. A run whose event lies in the future exists at once, and can be cancelled,
 * but is first called when the time comes.
 *
 * @returns ids of the runs; a start skipped by a singleton has none
 */
export async function startRuns(work: Work, starts: readonly RunStart[]): Promise<string[]> {
  const runs: { run: NewRun; config: FunctionConfig }[] = [];
  // Singletons look for the runs before them, so those are inserted first.
  const flush = async (): Promise<void> =>
    insertRuns(
      work.tx,
      runs.splice(0).map(({ run }) => run),
    );
  const created: { run: NewRun; config: FunctionConfig }[] = [];
  for (const start of starts) {
    if (start.config.singleton) await flush();
    const run = await planRun(work, start);
    if (!run) continue;
    runs.push({ run, config: start.config });
    created.push({ run, config: start.config });
  }
  await flush();
  for (const { run, config } of created) await addDeadlines(work, run, config);
  return created.map(({ run }) => run.id);
}

async function planRun(work: Work, start: RunStart): Promise<NewRun | undefined> {
  const { config, accepted } = start;
  const events = accepted.map((entry) => entry.event);
  const event = events[0];
  const singleton = start.unlimited ? { skip: false } : await claimSingleton(work, config, event);
  if (singleton.skip) return undefined;
  const throttledMs = start.unlimited ? 0 : await throttleDelayMs(work.tx, config, event);
  const futureMs = Math.max(0, (event?.ts ?? 0) - Date.now());
  const places = planConcurrency(config, event);
  return {
    id: createUlid(),
    functionId: config.id,
    eventIds: accepted.map((entry) => entry.internalId),
    events,
    prioritySeconds: evaluatePriority(config, event),
    concurrencyKeys: places.keys,
    concurrencyLimits: places.limits,
    ...("key" in singleton && singleton.key !== undefined ? { singletonKey: singleton.key } : {}),
    ...(start.parent ? { parentRun: start.parent.runId, parentStep: start.parent.stepId } : {}),
    delayMs: Math.max(throttledMs, futureMs, start.delayMs ?? 0),
  };
}

async function addDeadlines(work: Work, run: NewRun, config: FunctionConfig): Promise<void> {
  for (const { event, if: expression, timeout } of config.cancel ?? []) {
    const timeoutMs = timeout ? parseDelayMs(timeout) : YEAR_MS;
    await addCancellation(work.tx, {
      runId: run.id,
      eventName: event,
      timeoutMs,
      ...(expression ? { expression } : {}),
    });
  }
  const limit = config.timeouts?.start;
  if (limit) {
    await enqueue(work.tx, {
      kind: "deadline-start",
      runId: run.id,
      delayMs: run.delayMs + parseDurationMs(limit),
    });
  }
}

function evaluatePriority(config: FunctionConfig, event: unknown): number {
  const value = config.priority?.run ? Number(evaluateExpression(config.priority.run, { event })) : 0;
  return Number.isFinite(value)
    ? Math.max(-PRIORITY_LIMIT_SECONDS, Math.min(PRIORITY_LIMIT_SECONDS, value))
    : 0;
}

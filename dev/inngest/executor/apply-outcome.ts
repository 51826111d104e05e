import type { Engine } from "../engine";
import { finishItem, releaseItem, removeItem, type Repetition } from "../store/queue";
import { lockRun, setRediscover, type Run } from "../store/runs";
import { countPending, takePending, writeMemo } from "../store/steps";
import type { StepOperation } from "../types";
import { backoffMs, unreachableBackoffMs } from "./backoff";
import type { Call } from "./call-app";
import { discover } from "./discover";
import { finishRun } from "./finish-run";
import { maxAttempts } from "./max-attempts";
import type { Outcome } from "./outcome";
import { planStep } from "./plan-step";
import { resolveStep } from "./resolve-step";
import type { Work } from "./work";

/**
 * Write what a call came to. Lock order is run, then queue item, as everywhere; a result whose lease was lost or whose
 * run has ended meanwhile is dropped.
 */
export async function applyOutcome(engine: Engine, work: Work, call: Call, outcome: Outcome): Promise<void> {
  const { item } = call;
  const again = planRepetition(engine, call, outcome);
  const [run, held] = await Promise.all([
    lockRun(work.tx, call.run.id),
    again ? releaseItem(work.tx, item, again) : finishItem(work.tx, item),
  ]);
  if (!held || !run) return;
  if (run.endedAt) await removeItem(work.tx, item.id);
  else if (outcome.kind === "done") await finishRun(work, run, { status: "Completed", data: outcome.data });
  else if (again || outcome.kind === "unreachable") return;
  else if (outcome.kind === "failed") await finishRun(work, run, { status: "Failed", error: outcome.error });
  else await applySteps(work, run, call, outcome);
}

/** When and how the same item is called again; undefined when its result is final. */
function planRepetition(engine: Engine, { item, config }: Call, outcome: Outcome): Repetition | undefined {
  if (outcome.kind === "unreachable") {
    // Inngest counts this as an attempt. Locally an app is restarted all the time and its runs must outlive that,
    // so a call without an answer is repeated for as long as it takes.
    return { delayMs: unreachableBackoffMs(item.unreachable), unreachable: item.unreachable + 1 };
  }
  const failed =
    (outcome.kind === "failed" && outcome.retriable) ||
    (outcome.kind === "steps" && outcome.operations.some((operation) => operation.op === "StepError"));
  if (!failed || item.attempt + 1 >= maxAttempts(config)) return undefined;
  const delayMs = outcome.retryAfterMs ?? backoffMs(item.attempt, engine.retryIntervalMs);
  return { delayMs, attempt: item.attempt + 1 };
}

async function applySteps(
  work: Work,
  run: Run,
  call: Call,
  outcome: Extract<Outcome, { kind: "steps" }>,
): Promise<void> {
  for (const operation of outcome.operations) {
    if (operation.op === "RunComplete") {
      await finishRun(work, run, { status: "Completed", data: operation.data ?? null });
      return;
    }
    if (await recordResult(work, run, call, operation)) continue;
    if (await planStep(work, run, operation, outcome.race)) continue;
    const message = `the local engine does not know the operation "${operation.op}"`;
    await finishRun(work, run, { status: "Failed", error: { name: "Error", message } });
    return;
  }
  if (call.item.stepId === "step" && run.rediscover) {
    await setRediscover(work.tx, run.id, false);
    await discover(work.tx, run.id);
  } else if (outcome.operations.length === 0 && (await countPending(work.tx, run.id)).open === 0) {
    const message = "the function neither ended nor found a step";
    await finishRun(work, run, { status: "Failed", error: { name: "Error", message } });
  }
}

/** Memoise the result of a step that ran; false when the operation is none. */
async function recordResult(work: Work, run: Run, call: Call, operation: StepOperation): Promise<boolean> {
  const memo = memoOf(operation);
  if (memo === undefined) return false;
  if (call.item.stepId !== "step" && (await resolveStep(work.tx, run.id, operation.id, memo))) return true;
  // Found and run in one call, so it was never open.
  await takePending(work.tx, run.id, operation.id);
  await writeMemo(work.tx, run.id, operation.id, memo);
  await discover(work.tx, run.id);
  return true;
}

function memoOf(operation: StepOperation): { data: unknown } | { error: unknown } | undefined {
  if (operation.op === "StepRun" || operation.op === "Step") return { data: operation.data ?? null };
  const failed = operation.op === "StepFailed" || operation.op === "StepError";
  return failed
    ? { error: operation.error ?? operation.data ?? { name: "Error", message: "step failed" } }
    : undefined;
}

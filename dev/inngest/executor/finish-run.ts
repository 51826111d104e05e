import { endRun, type Run } from "../store/runs";
import type { SerializedError } from "../types";
import { resolveStep } from "./resolve-step";
import type { Work } from "./work";

/** How a run ended. */
export type RunEnd =
  | { status: "Completed"; data: unknown }
  | { status: "Failed"; error: SerializedError }
  | { status: "Cancelled" };

const FAILED = "inngest/function.failed";
const FINISHED = "inngest/function.finished";
const CANCELLED = "inngest/function.cancelled";

/** End a run: store its result, answer the run that invoked it, and emit Inngest's own events about it. */
export async function finishRun(work: Work, run: Run, end: RunEnd): Promise<void> {
  if (!(await endRun(work.tx, run.id, end.status, JSON.stringify(outputOf(end))))) return;
  if (run.parentRun && run.parentStep) {
    const memo = end.status === "Completed" ? { data: end.data } : { error: outputOf(end) };
    await resolveStep(work.tx, run.parentRun, run.parentStep, memo);
  }
  // As Inngest: the end of a handler of these events is not announced, or a failing handler would feed itself.
  if (run.events.some((event) => event.name === FAILED || event.name === FINISHED)) return;
  const about = {
    function_id: run.functionId,
    run_id: run.id,
    event: run.events[0],
    events: run.events,
    _inngest: { status: end.status },
  };
  if (end.status === "Cancelled") {
    work.emitted.push({ name: CANCELLED, data: { ...about, error: outputOf(end) } });
    return;
  }
  const result = end.status === "Completed" ? { result: end.data } : { error: end.error, result: null };
  if (end.status === "Failed") work.emitted.push({ name: FAILED, data: { ...about, ...result } });
  work.emitted.push({ name: FINISHED, data: { ...about, ...result } });
}

function outputOf(end: RunEnd): unknown {
  if (end.status === "Completed") return end.data ?? null;
  return end.status === "Failed" ? end.error : { name: "Error", message: "function cancelled" };
}

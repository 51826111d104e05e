import { parseDelayMs } from "../duration";
import { enqueue } from "../store/queue";
import type { Run } from "../store/runs";
import { addPending } from "../store/steps";
import { timerKey } from "../store/waits";
import { startRuns } from "../triggers/start-runs";
import type { StepOperation } from "../types";
import { createUlid } from "../ulid";
import { resolveStep } from "./resolve-step";
import type { Work } from "./work";

/**
 * Open one step the SDK has found: plan it, start its timer, wait for its event, or start the run it invokes. A step
 * that is already open or resolved is left alone: the SDK reports open steps again at every discovery.
 *
 * @returns false when the operation is none the engine knows
 */
export async function planStep(
  work: Work,
  run: Run,
  operation: StepOperation,
  race: boolean,
): Promise<boolean> {
  const { tx } = work;
  const stepId = operation.id;
  const options = operation.opts ?? {};
  switch (operation.op) {
    case "StepPlanned": {
      const racing = race || options["parallelMode"] === "race";
      if (await addPending(tx, run.id, { stepId, kind: "step", race: racing })) {
        await enqueue(tx, { kind: "call", runId: run.id, stepId, uniqueKey: `step:${run.id}:${stepId}` });
      }
      return true;
    }
    case "Sleep":
      if (await addPending(tx, run.id, { stepId, kind: "sleep", race: false })) {
        await addTimer(work, run, stepId, "sleep", operation.name ?? "");
      }
      return true;
    case "WaitForEvent": {
      const expression = options["if"];
      const condition = typeof expression === "string" ? { expression } : {};
      const wait = {
        stepId,
        kind: "event",
        race: false,
        eventName: operation.name ?? "",
        ...condition,
      } as const;
      if (await addPending(tx, run.id, wait)) {
        await addTimer(work, run, stepId, "wait-timeout", String(options["timeout"] ?? "365d"));
      }
      return true;
    }
    case "InvokeFunction":
      if (await addPending(tx, run.id, { stepId, kind: "invoke", race: false }))
        await invoke(work, run, operation);
      return true;
    default:
      return false;
  }
}

async function addTimer(work: Work, run: Run, stepId: string, kind: string, moment: string): Promise<void> {
  const uniqueKey = timerKey(run.id, stepId);
  await enqueue(work.tx, { kind, runId: run.id, stepId, delayMs: parseDelayMs(moment), uniqueKey });
}

async function invoke(work: Work, run: Run, operation: StepOperation): Promise<void> {
  const functionId = String(operation.opts?.["function_id"] ?? "");
  const payload = (operation.opts?.["payload"] ?? {}) as { data?: Record<string, unknown> };
  const timeout = operation.opts?.["timeout"];
  if (typeof timeout === "string" && timeout !== "") {
    await addTimer(work, run, operation.id, "invoke-timeout", timeout);
  }
  const config = (await work.functions).byId.get(functionId);
  if (!config) {
    const error = { name: "Error", message: `could not find function "${functionId}" to invoke` };
    await resolveStep(work.tx, run.id, operation.id, { error });
    return;
  }
  const id = createUlid();
  const event = { id, name: "inngest/function.invoked", data: payload.data ?? {}, ts: Date.now() };
  const parent = { runId: run.id, stepId: operation.id };
  await startRuns(work, [{ config, accepted: [{ internalId: id, event }], parent }]);
}

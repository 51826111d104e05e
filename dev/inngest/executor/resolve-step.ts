import type { Queryable } from "../store/database";
import { lockRun } from "../store/runs";
import { countPending, takePending, writeMemo } from "../store/steps";
import { removeTimer } from "../store/waits";
import { discover } from "./discover";

/**
 * Memoise an open step of a run and move the run on.
 *
 * Planned parallel steps wait for each other: the SDK (request version 2) expects one discovery after the last of
 * them, because an earlier one would find and start the others again. Ended waits are discovered at once.
 *
 * @param memo - what the SDK reads: `{ data }`, `{ error }`, a raw event, or null
 * @returns false when somebody else resolved the step or the run has ended
 */
export async function resolveStep(
  tx: Queryable,
  runId: string,
  stepId: string,
  memo: unknown,
): Promise<boolean> {
  const run = await lockRun(tx, runId);
  if (!run || run.endedAt) return false;
  const taken = await takePending(tx, runId, stepId);
  if (!taken) return false;
  await writeMemo(tx, runId, stepId, memo);
  if (taken.kind !== "step") await removeTimer(tx, runId, stepId);
  const waitsForSiblings =
    taken.kind === "step" && !taken.race && (await countPending(tx, runId)).planned > 0;
  if (!waitsForSiblings) await discover(tx, runId);
  return true;
}

import { finishRun } from "../executor/finish-run";
import type { Work } from "../executor/work";
import { evaluateKey } from "../expressions";
import { lockRun, readSingletonRuns } from "../store/runs";
import type { EngineEvent, FunctionConfig } from "../types";

/** The singleton key of a run that may start; `skip` when another run of the function holds it. */
export async function claimSingleton(
  work: Work,
  config: FunctionConfig,
  event: EngineEvent | undefined,
): Promise<{ key?: string; skip: boolean }> {
  const { singleton } = config;
  if (!singleton) return { skip: false };
  const key = `${config.id}|${evaluateKey(singleton.key, { event })}`;
  // Two transactions must not both find the key free.
  await work.tx`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
  const holders = await readSingletonRuns(work.tx, key);
  if (holders.length > 0 && singleton.mode === "skip") return { skip: true };
  for (const holder of holders) {
    const run = await lockRun(work.tx, holder);
    if (run) await finishRun(work, run, { status: "Cancelled" });
  }
  return { key, skip: false };
}

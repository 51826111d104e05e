import { until } from "#dev/stack/until";
import type { Strike } from "../plan/strike";
import { findProcess } from "./find-process";
import type { Stage } from "./open-stage";

const TIMEOUT_MS = 60_000;

/** Waits for what a strike is about: what is just coming back cannot be killed again. */
export async function untilReady(stage: Stage, strike: Strike): Promise<void> {
  if (strike.kind !== "kill") return undefined;
  if (strike.target === "postgres") return stage.postgres.untilUp();
  const { child, healthUrl } = findProcess(stage, strike.target);
  await until(`${strike.target} to be back`, TIMEOUT_MS, async () => {
    if (strike.isEarly) return process.kill(child.pid, 0) || undefined;
    return (await fetch(healthUrl, { signal: AbortSignal.timeout(2_000) })).ok || undefined;
  });
}

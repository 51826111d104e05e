import { setTimeout as pause } from "node:timers/promises";
import { until } from "#dev/stack/until";
import type { Strike } from "../plan/strike";
import { findProcess } from "./find-process";
import type { Stage } from "./open-stage";

const RESTART_TIMEOUT_MS = 60_000;

/** Carries out a strike. What was killed comes back by itself. */
export async function performStrike(stage: Stage, strike: Strike): Promise<void> {
  const { stack, phones, postgres } = stage;
  switch (strike.kind) {
    case "kill":
      await pause(strike.afterMs);
      if (strike.target === "postgres") await postgres.kill(strike.downMs);
      else await findProcess(stage, strike.target).child.kill();
      return;
    case "rolling restart":
      await restart(stage, "server 1");
      await restart(stage, "server 2");
      return;
    case "clock":
      stack.servers[strike.server]?.tell({ shiftClockMs: strike.shiftMs });
      return;
    case "fault":
      await phones.addFault(strike.fault);
  }
}

async function restart(stage: Stage, target: "server 1" | "server 2"): Promise<void> {
  const { child, healthUrl } = findProcess(stage, target);
  const isUp = async (): Promise<true | undefined> => ((await fetch(healthUrl)).ok ? true : undefined);
  await until(`${target} to be up`, RESTART_TIMEOUT_MS, isUp);
  await child.terminate();
  await until(`${target} to be up again`, RESTART_TIMEOUT_MS, isUp);
}

import type { Child } from "#dev/stack/start-child";
import type { Target } from "../plan/strike";
import type { Stage } from "./open-stage";

/** A process of the stage, and the address at which it answers. */
export interface StageProcess {
  readonly child: Child;
  readonly healthUrl: string;
}

export function findProcess({ stack }: Stage, target: Exclude<Target, "postgres">): StageProcess {
  if (target === "engine") return { child: stack.engine, healthUrl: `${stack.inngestUrl}/health` };
  const index = target === "server 1" ? 0 : 1;
  const child = stack.servers[index];
  if (!child) throw new Error(`there is no ${target}`);
  return { child, healthUrl: `${stack.origins[index]}/health` };
}

import { matchesExpression } from "../expressions";
import type { AcceptedEvent } from "../store/events";
import type { FunctionSet } from "../store/functions";
import type { EngineEvent, FunctionConfig } from "../types";

/** A function an event wants to start. */
export interface Candidate {
  config: FunctionConfig;
  accepted: AcceptedEvent;
}

/** Functions these events trigger, in the order of the events. */
export function matchTriggers(functions: FunctionSet, events: readonly AcceptedEvent[]): Candidate[] {
  return events.flatMap((accepted) =>
    functions.active
      .filter((config) => isTriggeredBy(config, accepted.event))
      .map((config) => ({ config, accepted })),
  );
}

function isTriggeredBy(config: FunctionConfig, event: EngineEvent): boolean {
  return (config.triggers ?? []).some(
    (trigger) => isNamed(trigger.event, event.name) && matchesExpression(trigger.expression, { event }),
  );
}

/** Names match exactly, or by prefix when a trigger ends in `/*` or `.*`. */
function isNamed(pattern: string | undefined, name: string): boolean {
  if (!pattern) return false;
  return /[/.]\*$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

import { evaluateKey } from "../expressions";
import type { ConcurrencyOption, EngineEvent, FunctionConfig } from "../types";

/** The keys a run's calls count under, each with its limit. */
export interface ConcurrencyPlaces {
  keys: string[];
  limits: number[];
}

/** Work out a run's concurrency keys from its trigger event. A limit of zero means none, as in Inngest. */
export function planConcurrency(config: FunctionConfig, event: EngineEvent | undefined): ConcurrencyPlaces {
  const places: ConcurrencyPlaces = { keys: [], limits: [] };
  for (const option of listOptions(config)) {
    if (!option.limit) continue;
    const value = evaluateKey(option.key, { event });
    // Scopes wider than the function share their places with every function that has the same key expression.
    const owner = (option.scope ?? "fn") === "fn" ? `fn:${config.id}` : option.scope;
    places.keys.push(`${owner}|${option.key ?? ""}|${value}`);
    places.limits.push(option.limit);
  }
  return places;
}

function listOptions(config: FunctionConfig): ConcurrencyOption[] {
  const option = config.concurrency;
  if (option === undefined) return [];
  if (typeof option === "number") return [{ limit: option }];
  return Array.isArray(option) ? option : [option];
}

import { parseDurationMs } from "../duration";
import { evaluateKey } from "../expressions";
import type { Queryable } from "../store/database";
import { takePlace } from "../store/limits";
import type { EngineEvent, FunctionConfig } from "../types";

/**
 * How long a run must wait before it may start under its function's throttle. The place in line is taken when the
 * run is created, so runs start in the order of their events.
 */
export async function throttleDelayMs(
  tx: Queryable,
  config: FunctionConfig,
  event: EngineEvent | undefined,
): Promise<number> {
  const { throttle } = config;
  if (!throttle) return 0;
  const key = `throttle|${config.id}|${evaluateKey(throttle.key, { event })}`;
  const spacingMs = parseDurationMs(throttle.period) / Math.max(1, throttle.limit);
  // Measured on the real server: `limit: 2, burst: 1` starts three at once, then one per period/limit.
  return takePlace(tx, key, spacingMs, throttle.limit + (throttle.burst ?? 1));
}

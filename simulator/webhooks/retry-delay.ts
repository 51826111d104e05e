import type { Settings } from "../core/settings";

/** The wait in milliseconds after so many failed attempts (from 1); the ladder's last rung repeats. */
export function retryDelayMs(
  settings: Pick<Settings, "retry_delays_ms" | "speed">,
  failedAttempts: number,
): number {
  const ladder = settings.retry_delays_ms;
  const rung = ladder[Math.min(failedAttempts, ladder.length) - 1] ?? 0;
  return rung / settings.speed;
}

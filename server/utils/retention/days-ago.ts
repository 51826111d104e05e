import type { Clock } from "../clock";

const DAY_MS = 24 * 60 * 60_000;

/** The moment so many days ago; undefined for 0, which keeps everything. */
export function daysAgo(clock: Clock, days: number): Date | undefined {
  return days > 0 ? new Date(clock.now().getTime() - days * DAY_MS) : undefined;
}

import { UsageError } from "./usage-error";

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
// Longer than anybody plans for, and far from the end of a Date.
const MOST_MS = 3_650 * UNIT_MS.d;

/**
 * Reads a time span: `90d`, `12h`, `30m`, `45s`. In milliseconds.
 *
 * @throws UsageError
 */
export function readDuration(name: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNIT_MS[unit as keyof typeof UNIT_MS] ?? Number.NaN);
  if (digits !== "" && ms <= MOST_MS) return ms;
  throw new UsageError(`${name} must be a time span of at most 10 years, such as 90d, 12h or 30m.`);
}

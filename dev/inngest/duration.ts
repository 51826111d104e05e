const UNITS_MS: Record<string, number> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/**
 * Milliseconds of a duration as the SDK writes it (`timeStr` in `inngest`): `"1d2h30m5s"`. An empty string is zero.
 *
 * @throws Error when the text is not a duration
 */
export function parseDurationMs(text: string): number {
  let total = 0;
  let rest = text.trim();
  while (rest !== "") {
    const part = /^(\d+(?:\.\d+)?)(ms|[wdhms])/.exec(rest);
    if (!part?.[1] || !part[2]) throw new Error(`not a duration: "${text}"`);
    total += Number(part[1]) * (UNITS_MS[part[2]] ?? 0);
    rest = rest.slice(part[0].length);
  }
  return total;
}

/**
 * Milliseconds from now until a moment given either as a duration (`step.sleep`) or as an ISO date
 * (`step.sleepUntil`, a `Date` as timeout). Never negative.
 *
 * @throws Error when the text is neither
 */
export function parseDelayMs(text: string, nowMs: number = Date.now()): number {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return parseDurationMs(text);
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw new Error(`not a date: "${text}"`);
  return Math.max(0, moment - nowMs);
}

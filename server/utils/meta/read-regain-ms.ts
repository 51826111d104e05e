import { asList, asObject, asText, type JsonObject } from "./json";

const MINUTE_MS = 60_000;
// Longer than Meta's longest window for its rate limits.
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/**
 * When Meta lets the account go on: `x-business-use-case-usage` is JSON, lists of usages by business id, each with
 * `estimated_time_to_regain_access` in minutes (Graph API, "Rate limits"). The longest counts.
 *
 * @returns milliseconds; undefined when the header names no time
 */
export function readRegainMs(header: string | null | undefined): number | undefined {
  const usages = Object.values(parse(header ?? "")).flatMap((list) => asList(list).map(asObject));
  const minutes = usages.map((usage) => Number(asText(usage.estimated_time_to_regain_access) ?? 0));
  const longestMs = Math.max(0, ...minutes.filter((value) => Number.isFinite(value))) * MINUTE_MS;
  return longestMs > 0 ? Math.min(longestMs, LONGEST_MS) : undefined;
}

function parse(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}

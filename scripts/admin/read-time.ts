import { UsageError } from "./usage-error";

// A day, or a moment with its zone: without one it would mean this machine's.
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads a point in time: a day (from midnight UTC) or ISO 8601 with its zone; undefined when none was given.
 *
 * @throws UsageError
 */
export function readTime(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(TIME.test(text) ? text : Number.NaN);
  if (!Number.isNaN(at.getTime())) return at;
  throw new UsageError(`${name} must be a day such as 2026-11-22 or a time such as 2026-11-22T14:30:00Z.`);
}

import { AppError } from "./errors";

// Deeper than any argument of ours, and far from where the stack ends.
const DEPTH_LIMIT = 64;

/**
 * JSON in which the order of an object's keys makes no difference.
 *
 * @throws AppError `invalid_arguments` for what is nested deeper than any argument of ours
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value, 0));
}

function sortKeys(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEPTH_LIMIT) {
    throw new AppError("invalid_arguments", `arguments: nested deeper than ${DEPTH_LIMIT} levels`, {
      advice: "Correct the arguments; the tool's inputSchema describes them.",
    });
  }
  if (Array.isArray(value)) return value.map((item) => sortKeys(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item, depth + 1)]),
  );
}

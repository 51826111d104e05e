import { readCount } from "./read-count";

/**
 * Reads a cap: null for none, undefined when nothing was given.
 *
 * @throws UsageError
 */
export function readCap(name: string, text: string | undefined): number | null | undefined {
  return text === "none" || text === "unlimited" ? null : readCount(name, text);
}

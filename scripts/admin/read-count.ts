import { UsageError } from "./usage-error";

/**
 * Reads a number; undefined when none was given.
 *
 * @throws UsageError
 */
export function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${name} must be a whole number.`);
}

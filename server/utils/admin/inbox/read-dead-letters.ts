import type { DeadLetter } from "../../inbox/dead-letter";
import { asList, asObject, asText } from "../../meta/json";

/** What a body's row says of the elements that could not be handled. */
export interface BodyTrouble {
  readonly deadLetters: readonly DeadLetter[];
  /** How many more there are than are listed. */
  readonly omitted: number;
}

/** Reads the error of an inbox row. */
export function readDeadLetters(error: Record<string, unknown> | null): BodyTrouble {
  const deadLetters = asList(error?.dead_letters).map((item) => {
    const { path, reason } = asObject(item);
    return { path: asText(path) ?? "", reason: asText(reason) ?? "unknown" };
  });
  return { deadLetters, omitted: Number(error?.omitted ?? 0) };
}

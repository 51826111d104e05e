import { createHash } from "node:crypto";
import { v7 } from "uuid";

/** A uuid v7 that is the same for the same time and words: what has no id of its own is stored once all the same. */
export function stableId(at: Date, ...words: string[]): string {
  const random = createHash("sha256").update(JSON.stringify(words)).digest().subarray(0, 16);
  return v7({ msecs: at.getTime(), random });
}

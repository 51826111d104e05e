import { cutText } from "../cut-text";
import { untrustedText } from "../untrusted-text";
import type { PendingFile } from "./store";

const NAME_LIMIT_BYTES = 200;

/**
 * What a person who approves a file should know of it: an id says nothing, and an address is only asked afterwards. Its name is
 * somebody's word, without what cannot be seen, in quotation marks, on one line.
 */
export function describePendingFile({ sourceId, type, sizeBytes, name }: PendingFile): string {
  if (sourceId === null) return "File: whatever its address gives when it is fetched, after the approval.";
  const size = sizeBytes === null ? "of unknown size" : `${sizeBytes} bytes`;
  const clean = name === null ? "" : untrustedText(cutText(untrustedText(name), NAME_LIMIT_BYTES));
  const called = clean === "" ? "" : `, called ${JSON.stringify(clean)} by whoever sent it`;
  return `File: ${type ?? "of unknown type"}, ${size}${called}.`;
}

import { replaceFile } from "../../../meta/payloads/replace-file";
import type { MessageRow } from "../store";

/** Our id of the file that a queued message needs; undefined for one without. */
export function readAttachedId({ type, content }: Pick<MessageRow, "type" | "content">): string | undefined {
  const ids: string[] = [];
  replaceFile(type, content, (file) => {
    if (typeof file.id === "string") ids.push(file.id);
    return file;
  });
  return ids[0];
}

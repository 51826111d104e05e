import type { JsonObject } from "../../../meta/json";
import { replaceFile } from "../../../meta/payloads/replace-file";

/** A message's content as Meta wants it: its file by Meta's id. */
export function nameUploadedFile(
  type: string,
  content: JsonObject,
  waMediaId: string | undefined,
): JsonObject {
  if (waMediaId === undefined) return content;
  return replaceFile(type, content, (named) => {
    const { link: _, ...file } = named;
    return { ...file, id: waMediaId };
  });
}

import { asObject, asText, type JsonObject } from "./json";

// What a person can change. Anything else in an edit would replace what the message is.
const EDITABLE = new Set(["text", "image", "video", "document"]);

/**
 * The content of a message after an edit: what the edit brings takes the place of what was there, and what it leaves out
 * stays, but a caption that it leaves out is gone.
 *
 * @param original the message as Meta sent it
 * @param edit the `edit` message as Meta sent it
 */
export function editContent(original: JsonObject, edit: JsonObject): JsonObject {
  const edited = asObject(asObject(edit.edit).message);
  const type = asText(edited.type) ?? "";
  if (!EDITABLE.has(type)) return original;
  const { caption: _, ...kept } = asObject(original[type]);
  return { ...original, [type]: { ...kept, ...asObject(edited[type]) } };
}

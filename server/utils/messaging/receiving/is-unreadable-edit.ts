import { asObject, type JsonObject } from "../../meta/json";

/**
 * Whether a message only says that there was an edit: a number outside the Business app is not told the new words (Meta's
 * `unsupported` with the type `edit`).
 */
export function isUnreadableEdit({ type, content }: { type: string; content: JsonObject }): boolean {
  return type === "unsupported" && asObject(content.unsupported).type === "edit";
}

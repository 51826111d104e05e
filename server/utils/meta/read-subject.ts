import { asObject, asText, type JsonObject } from "./json";

// The field in which a type names the message that it is about.
const SUBJECTS: Record<string, string> = {
  reaction: "message_id",
  edit: "original_message_id",
  revoke: "original_message_id",
};

/** The wamid of the message that this one reacts to, edits, takes back or quotes. */
export function readSubject(message: JsonObject): string | undefined {
  const type = asText(message.type) ?? "";
  const field = Object.hasOwn(SUBJECTS, type) ? SUBJECTS[type] : undefined;
  const named = field === undefined ? undefined : asText(asObject(message[type])[field]);
  return named ?? asText(asObject(message.context).id);
}

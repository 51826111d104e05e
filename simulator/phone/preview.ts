import { isJsonObject } from "../core/json-object";

/** One line of text that stands for a message of any type. */
export function preview(type: string, content: unknown): string {
  if (isJsonObject(content)) {
    for (const key of ["body", "caption", "text", "emoji", "name"]) {
      const value = content[key];
      if (typeof value === "string" && value !== "") return value;
    }
    if (isJsonObject(content.body) && typeof content.body.text === "string") return content.body.text;
  }
  return `[${type}]`;
}

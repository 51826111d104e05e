import type { JsonObject } from "../../core/json-object";
import { asObject, invalid, optionalText, requireList, requireObject, requireText } from "./checks";

/** The action of `button`: one to three reply buttons. */
export function validateButtons(action: JsonObject): void {
  const buttons = requireList(action, "buttons", "interactive.action.buttons", 1, 3);
  const replies = buttons.map((item) => {
    const button = asObject(item, "button");
    if (button.type !== undefined && button.type !== "reply") throw invalid("button.type must be reply");
    return requireObject(button, "reply", "button.reply");
  });
  unique(
    replies.map((reply) => requireText(reply, "id", "button.reply.id", 256)),
    "button.reply.id",
  );
  unique(
    replies.map((reply) => requireText(reply, "title", "button.reply.title", 20)),
    "button.reply.title",
  );
}

/** The action of `list`: up to ten sections, and ten rows in all of them. */
export function validateList(action: JsonObject): void {
  requireText(action, "button", "interactive.action.button", 20);
  const sections = requireList(action, "sections", "interactive.action.sections", 1, 10);
  const ids: string[] = [];
  for (const item of sections) {
    const section = asObject(item, "section");
    if (sections.length > 1) requireText(section, "title", "section.title", 24);
    else optionalText(section, "title", "section.title", 24);
    for (const entry of requireList(section, "rows", "section.rows", 1, 10)) {
      const row = asObject(entry, "row");
      ids.push(requireText(row, "id", "row.id", 200));
      requireText(row, "title", "row.title", 24);
      optionalText(row, "description", "row.description", 72);
    }
  }
  if (ids.length > 10) throw invalid("a list has at most 10 rows in all its sections");
  unique(ids, "row.id");
}

function unique(values: string[], path: string): void {
  if (new Set(values).size !== values.length) throw invalid(`${path} must be unique`);
}

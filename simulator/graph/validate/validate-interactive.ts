import type { JsonObject } from "../../core/json-object";
import { asObject, invalid, optionalText, requireList, requireObject, requireText } from "./checks";

// Reference 2.3: the interactive types the API knows.
const TYPES = new Set([
  "button",
  "list",
  "cta_url",
  "location_request_message",
  "flow",
  "product",
  "product_list",
  "catalog_message",
  "carousel",
  "address_message",
  "call_permission_request",
  "voice_call",
  "request_contact_info",
  "order_details",
  "order_status",
]);
const BODY_OPTIONAL = new Set(["product", "voice_call", "call_permission_request"]);

/** `interactive`: the parts all types share, buttons and lists in full. */
export function validateInteractive(interactive: JsonObject): void {
  const type = requireText(interactive, "type", "interactive.type", 64);
  if (!TYPES.has(type)) throw invalid("interactive.type is unknown");
  const action = requireObject(interactive, "action", "interactive.action");
  if (interactive.body !== undefined || !BODY_OPTIONAL.has(type)) {
    const body = requireObject(interactive, "body", "interactive.body");
    requireText(body, "text", "interactive.body.text", type === "list" ? 4096 : 1024);
  }
  if (interactive.footer !== undefined) {
    requireText(requireObject(interactive, "footer"), "text", "interactive.footer.text", 60);
  }
  if (type === "button") validateButtons(action);
  if (type === "list") validateList(action);
}

function validateButtons(action: JsonObject): void {
  const buttons = requireList(action, "buttons", "interactive.action.buttons", 1, 3);
  const replies = buttons.map((button) => requireObject(asObject(button, "button"), "reply", "button.reply"));
  unique(
    replies.map((reply) => requireText(reply, "id", "button.reply.id", 256)),
    "button.reply.id",
  );
  unique(
    replies.map((reply) => requireText(reply, "title", "button.reply.title", 20)),
    "button.reply.title",
  );
}

function validateList(action: JsonObject): void {
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

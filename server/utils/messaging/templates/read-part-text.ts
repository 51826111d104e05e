import type { TemplateRow } from "./store";

/** The text of a template's header or body, with its variables as they are written. */
export function readPartText({ components }: TemplateRow, part: "HEADER" | "BODY"): string | undefined {
  const text = components.find(({ type }) => String(type).toUpperCase() === part)?.text;
  return typeof text === "string" ? text : undefined;
}

import type { TemplateInput } from "../../meta/payloads/template";
import { fillVariables } from "./fill-variables";
import { readPartText } from "./read-part-text";
import type { TemplateRow } from "./store";

/** The words of a template as the person reads them, for reading and search. */
export function renderTemplate(template: TemplateRow, { body }: TemplateInput): string | undefined {
  const text = readPartText(template, "BODY");
  return text === undefined ? undefined : fillVariables(text, body);
}

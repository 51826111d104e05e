import { HEADER_TEXT_LIMIT } from "../../meta/payloads/interactive-header";
import { TEMPLATE_TEXT_LIMIT, type TemplateInput } from "../../meta/payloads/template";
import type { TemplateParameters } from "../../meta/template-parameters";
import { fillVariables } from "./fill-variables";
import { misfit } from "./misfit";
import { readPartText } from "./read-part-text";
import type { TemplateRow } from "./store";

// A code's from Meta's "Template components"; a payload's is that of a reply button.
const BUTTON_LIMITS: Readonly<Record<string, number>> = { copy_code: 15, quick_reply: 256 };

/**
 * Holds a template's texts to Meta's limits as the person would read them: with the values in their places (132005).
 *
 * @throws AppError `invalid_arguments`
 */
export function checkTemplateLengths(
  template: TemplateRow,
  { header, body, buttons }: TemplateInput,
  wanted: TemplateParameters,
): void {
  const check = (field: string, text: string, limit: number): void => {
    const value = text.length;
    if (value <= limit) return;
    const problem = `must have at most ${limit} characters (UTF-16 units) in all, has ${value}`;
    throw misfit(field, problem, wanted, { limit, value });
  };
  if (header?.type === "text") {
    check(
      "header.values",
      fillVariables(readPartText(template, "HEADER") ?? "", header.values),
      HEADER_TEXT_LIMIT,
    );
  }
  check("body", fillVariables(readPartText(template, "BODY") ?? "", body), TEMPLATE_TEXT_LIMIT);
  for (const { type, value } of buttons ?? []) check("buttons.value", value, BUTTON_LIMITS[type] ?? Infinity);
}

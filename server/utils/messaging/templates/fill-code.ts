import type { TemplateInput } from "../../meta/payloads/template";
import { readTemplateParameters } from "../../meta/template-parameters";
import type { TemplateRow } from "./store";

/**
 * Puts the code of an authentication template into both of its places, body and button, where the caller gave it in the body
 * alone (Meta, "Authentication templates").
 */
export function fillCode(template: TemplateRow, given: TemplateInput): TemplateInput {
  const [code] = Array.isArray(given.body) ? given.body : Object.values(given.body ?? {});
  const [button] = readTemplateParameters(template).buttons ?? [];
  if (template.category !== "AUTHENTICATION" || code === undefined || !button || given.buttons?.length) {
    return given;
  }
  return { ...given, buttons: [{ index: button.index, type: "url", value: code }] };
}

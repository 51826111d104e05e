import type { JsonObject } from "../../core/json-object";
import { asObject, requireList, requireObject, requireText } from "./checks";

/** The shape of `template`; whether it fits the template of that name is checked where the account is known. */
export function validateTemplate(template: JsonObject): void {
  requireText(template, "name", "template.name", 512);
  const language = requireObject(template, "language", "template.language");
  requireText(language, "code", "template.language.code", 32);
  if (template.components === undefined || template.components === null) return;
  for (const item of requireList(template, "components", "template.components", 0, 100)) {
    const component = asObject(item, "template.components");
    requireText(component, "type", "template.components.type", 32);
    if (component.parameters === undefined) continue;
    for (const parameter of requireList(component, "parameters", "template.components.parameters", 0, 100)) {
      requireText(asObject(parameter, "parameter"), "type", "template.components.parameters.type", 32);
    }
  }
}

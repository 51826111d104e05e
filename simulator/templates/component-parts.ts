import { isJsonObject, type JsonObject } from "../core/json-object";
import type { Template } from "./template";

/** The component of this type in a template's definition. */
export function componentOf(
  { components }: Pick<Template, "components">,
  type: string,
): JsonObject | undefined {
  return components.find((component) => String(component.type).toUpperCase() === type);
}

/** The buttons of a template's definition, in order. */
export function buttonsOf(template: Pick<Template, "components">): JsonObject[] {
  const buttons = componentOf(template, "BUTTONS")?.buttons;
  return Array.isArray(buttons) ? buttons.filter(isJsonObject) : [];
}

import { isJsonObject, type JsonObject } from "../core/json-object";
import { TemplateDefinitionError } from "./template-definition-error";

/**
 * The components of a definition as a list of objects.
 *
 * @throws TemplateDefinitionError
 */
export function readComponents(value: unknown): JsonObject[] {
  if (Array.isArray(value) && value.every(isJsonObject)) return value;
  throw new TemplateDefinitionError("components must be a list of objects");
}

import { isJsonObject, type JsonObject } from "../../core/json-object";
import { fillPlaceholders, placeholdersOf } from "../../templates/placeholders";
import type { Template } from "../../templates/template";
import { GraphError } from "../graph-error";
import { missing } from "../validate/checks";

/**
 * A template's header or body text with its parameters in place.
 *
 * @throws GraphError 132000 for a wrong count, 132012 for a wrong kind or name, 132018 for text that no variable takes
 */
export function fillText(
  template: Pick<Template, "parameterFormat">,
  part: string,
  text: unknown,
  component: JsonObject | undefined,
): string {
  const wanted = placeholdersOf(text);
  const parameters = Array.isArray(component?.parameters) ? component.parameters.filter(isJsonObject) : [];
  if (parameters.length !== wanted.length) {
    const details = `${part}: ${parameters.length} parameters were sent, the template takes ${wanted.length}`;
    throw new GraphError(132000, { details });
  }
  const named = template.parameterFormat === "NAMED";
  const values = new Map<string, string>();
  parameters.forEach((parameter, index) => {
    const name = named ? nameOf(parameter, part, wanted) : (wanted[index] ?? "");
    values.set(name, valueOf(parameter, part));
  });
  if (values.size !== wanted.length) {
    throw new GraphError(132012, { details: `${part}: a parameter was sent twice` });
  }
  return fillPlaceholders(typeof text === "string" ? text : "", values);
}

function nameOf({ parameter_name: name }: JsonObject, part: string, wanted: string[]): string {
  if (typeof name === "string" && wanted.includes(name)) return name;
  const details = `${part}: each parameter needs a parameter_name of the template: ${wanted.join(", ")}`;
  throw new GraphError(132012, { details });
}

function valueOf(parameter: JsonObject, part: string): string {
  const { type } = parameter;
  if (type === "currency" || type === "date_time") {
    const inner = parameter[type];
    const fallback = isJsonObject(inner) ? inner.fallback_value : undefined;
    if (typeof fallback !== "string" || fallback === "") throw missing(`${part}: ${type}.fallback_value`);
    return fallback;
  }
  if (type !== "text") {
    throw new GraphError(132012, { details: `${part}: expected a text parameter, got ${String(type)}` });
  }
  const { text } = parameter;
  if (typeof text !== "string" || text === "") throw missing(`${part}: text`);
  if (/[\n\r\t]| {5,}/.test(text)) {
    const details = `${part}: a parameter takes no line break, no tab and no more than four spaces in a row`;
    throw new GraphError(132018, { details });
  }
  return text;
}

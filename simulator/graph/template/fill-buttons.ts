import { isJsonObject, type JsonObject } from "../../core/json-object";
import { buttonsOf } from "../../templates/component-parts";
import { placeholdersOf } from "../../templates/placeholders";
import type { Template } from "../../templates/template";
import { GraphError } from "../graph-error";
import { missing, requireText } from "../validate/checks";
import type { RenderedButton } from "../../templates/rendered-template";

const PAYLOAD_LIMIT = 256;
const CODE_LIMIT = 15;
const URL_LIMIT = 2000;

/** A template's buttons with their parameters: the end of an address, a payload, a code. */
export function fillButtons(template: Template, components: JsonObject[]): RenderedButton[] {
  const defined = buttonsOf(template);
  const given = new Map<number, JsonObject>();
  for (const component of components) {
    if (String(component.type).toLowerCase() !== "button") continue;
    given.set(indexOf(component, defined), component);
  }
  return defined.map((button, index) => fillButton(button, index, parameterOf(given.get(index))));
}

/** Which button a component is about; it must exist and be of that kind. */
function indexOf(component: JsonObject, defined: JsonObject[]): number {
  const index = Number(component.index ?? Number.NaN);
  const button = Number.isInteger(index) ? defined[index] : undefined;
  const kind = String(component.sub_type).toLowerCase();
  if (button === undefined || String(button.type).toLowerCase() !== kind) {
    const details = `buttons: the template has no ${kind} button at index ${String(component.index)}`;
    throw new GraphError(132012, { details });
  }
  return index;
}

function parameterOf(component: JsonObject | undefined): JsonObject | undefined {
  const parameters: unknown[] = Array.isArray(component?.parameters) ? component.parameters : [];
  return parameters.find(isJsonObject);
}

function fillButton(button: JsonObject, index: number, parameter: JsonObject | undefined): RenderedButton {
  const type = String(button.type).toLowerCase();
  const text = typeof button.text === "string" ? button.text : labelOf(type);
  if (type === "quick_reply") {
    expectType(parameter, "payload", index);
    // Without a payload the business is told the text.
    const payload =
      parameter === undefined
        ? text
        : requireText(parameter, "payload", `button ${index}: payload`, PAYLOAD_LIMIT);
    return { type, text, payload };
  }
  if (type === "url") return { type, text, url: fillUrl(String(button.url), index, parameter) };
  if (type === "phone_number") return { type, text, phone_number: String(button.phone_number) };
  if (type !== "copy_code") return { type, text };
  if (parameter === undefined) throw missing(`button ${index}: coupon_code`);
  expectType(parameter, "coupon_code", index);
  return {
    type,
    text,
    code: requireText(parameter, "coupon_code", `button ${index}: coupon_code`, CODE_LIMIT),
  };
}

function fillUrl(url: string, index: number, parameter: JsonObject | undefined): string {
  if (placeholdersOf(url).length === 0) {
    if (parameter === undefined) return url;
    throw new GraphError(132000, { details: `button ${index}: this address has no variable` });
  }
  if (parameter === undefined) throw missing(`button ${index}: the end of the address`);
  expectType(parameter, "text", index);
  const end = requireText(parameter, "text", `button ${index}: text`, URL_LIMIT);
  return url.replace(/\{\{[^}]*\}\}$/, () => end);
}

function expectType(parameter: JsonObject | undefined, type: string, index: number): void {
  if (parameter === undefined || parameter.type === type) return;
  throw new GraphError(132012, {
    details: `button ${index}: expected a ${type} parameter, got ${String(parameter.type)}`,
  });
}

function labelOf(type: string): string {
  return type === "copy_code" ? "Copy offer code" : type.replaceAll("_", " ");
}

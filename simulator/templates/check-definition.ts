import type { JsonObject } from "../core/json-object";
import { buttonsOf, componentOf } from "./component-parts";
import { placeholdersOf } from "./placeholders";
import type { Template } from "./template";
import { TemplateDefinitionError } from "./template-definition-error";

const COMPONENTS = new Set(["HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"]);
const HEADER_FORMATS = new Set(["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"]);
const BUTTONS_WITHOUT_TEXT = new Set(["COPY_CODE", "OTP", "REQUEST_CONTACT_INFO"]);

/** What is checked of a definition. */
export type TemplateDefinition = Pick<Template, "name" | "category" | "components">;

/**
 * Checks a template's definition against Meta's limits (reference 2.4).
 *
 * @throws TemplateDefinitionError
 */
export function checkDefinition(template: TemplateDefinition): void {
  demand(/^[a-z0-9_]{1,512}$/.test(template.name), "name takes 1 to 512 of a-z, 0-9 and _");
  for (const { type } of template.components) {
    demand(COMPONENTS.has(String(type).toUpperCase()), `the component type ${String(type)} is unknown`);
  }
  checkHeader(componentOf(template, "HEADER"));
  const body = componentOf(template, "BODY");
  demand(body !== undefined, "a template needs a BODY");
  // Meta writes the text of authentication templates itself.
  if (template.category !== "AUTHENTICATION") demandText(body?.text, "BODY text", 1024);
  const footer = componentOf(template, "FOOTER");
  if (footer !== undefined && template.category !== "AUTHENTICATION")
    demandText(footer.text, "FOOTER text", 60);
  const buttons = buttonsOf(template);
  demand(buttons.length <= 10, "a template has at most 10 buttons");
  for (const button of buttons) checkButton(button);
}

function checkHeader(header: JsonObject | undefined): void {
  if (header === undefined) return;
  const format = String(header.format ?? "TEXT").toUpperCase();
  demand(HEADER_FORMATS.has(format), `the HEADER format ${format} is unknown`);
  if (format !== "TEXT") return;
  demandText(header.text, "HEADER text", 60);
  demand(placeholdersOf(header.text).length <= 1, "HEADER text takes one variable");
}

function checkButton(button: JsonObject): void {
  const type = String(button.type).toUpperCase();
  if (!BUTTONS_WITHOUT_TEXT.has(type)) demandText(button.text, `${type} button text`, 25);
  // Subcode 2388153 (reference 1.4): the label is WhatsApp's own.
  demand(type !== "REQUEST_CONTACT_INFO" || button.text === undefined, "REQUEST_CONTACT_INFO takes no text");
  if (type === "PHONE_NUMBER") demandText(button.phone_number, "phone_number", 20);
  if (type === "COPY_CODE") demandText(exampleOf(button), "COPY_CODE example", 15);
  if (type !== "URL") return;
  demandText(button.url, "url", 2000);
  const variables = placeholdersOf(button.url);
  demand(variables.length <= 1, "url takes one variable");
  demand(
    variables.length === 0 || String(button.url).endsWith("}}"),
    "the variable of a url stands at its end",
  );
}

function exampleOf({ example }: JsonObject): unknown {
  return Array.isArray(example) ? (example as unknown[])[0] : example;
}

function demandText(value: unknown, what: string, limit: number): void {
  demand(typeof value === "string" && value !== "", `${what} is missing`);
  demand(String(value).length <= limit, `${what} is longer than ${limit} characters`);
}

function demand(holds: boolean, problem: string): void {
  if (!holds) throw new TemplateDefinitionError(problem);
}

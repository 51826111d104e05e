import { asList, asObject, asText, type JsonObject } from "./json";

/** What a send has to give for a template. Keys are left out where nothing is wanted. */
export interface TemplateParameters {
  /** A header's kind, and the names of its variables where it is a text. */
  readonly header?: { readonly type: string; readonly variables?: readonly string[] };
  /** The names of the body's variables, in order: "1", "2" for numbered ones. */
  readonly body?: readonly string[];
  readonly buttons?: readonly { readonly index: number; readonly type: string }[];
}

/** The parts of a template that take parameters. */
export interface TemplateParts {
  readonly category: string;
  readonly components: readonly JsonObject[];
}

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** Reads from a template's definition which parameters a send of it needs (Meta, "Template components"). */
export function readTemplateParameters({ category, components }: TemplateParts): TemplateParameters {
  const header = readHeader(components.find((part) => isType(part, "HEADER")));
  const body = variablesOf(components.find((part) => isType(part, "BODY"))?.text);
  const isCode = category === "AUTHENTICATION";
  const buttons = components
    .filter((part) => isType(part, "BUTTONS"))
    .flatMap((part) => asList(part.buttons))
    .flatMap((button, index) => readButton(asObject(button), index, isCode));
  // Meta writes the body of such a template itself, and need not show it: its one variable is the code.
  const variables = isCode && body.length === 0 ? ["1"] : body;
  return {
    ...(header ? { header } : {}),
    ...(variables.length > 0 ? { body: variables } : {}),
    ...(buttons.length > 0 ? { buttons } : {}),
  };
}

function readHeader(part: JsonObject | undefined): TemplateParameters["header"] {
  const format = asText(part?.format)?.toLowerCase();
  if (!part || format === undefined) return undefined;
  if (format !== "text") return { type: format };
  const variables = variablesOf(part.text);
  return variables.length > 0 ? { type: "text", variables } : undefined;
}

function readButton(button: JsonObject, index: number, isCode: boolean) {
  const type = asText(button.type)?.toLowerCase();
  // A code's button is one of several kinds in the definition, and always an address in a send.
  if (isCode && (type === "otp" || type === "url")) return [{ index, type: "url" }];
  if (type === "url" && variablesOf(button.url).length > 0) return [{ index, type }];
  // Meta wants a flow's token even where the flow has no use for it.
  return type === "copy_code" || type === "flow" ? [{ index, type }] : [];
}

function isType(part: JsonObject, type: string): boolean {
  return asText(part.type)?.toUpperCase() === type;
}

function variablesOf(text: unknown): string[] {
  const found = [...(asText(text) ?? "").matchAll(VARIABLE)].map(([, name]) => name ?? "");
  const names = [...new Set(found)];
  // Values of numbered ones are given in the order of the numbers, wherever these stand in the text.
  return names.every((name) => /^\d+$/.test(name)) ? names.toSorted((a, b) => Number(a) - Number(b)) : names;
}

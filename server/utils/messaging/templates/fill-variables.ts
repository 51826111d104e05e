import type { TemplateInput } from "../../meta/payloads/template";

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** A text of a template with the values in their places: in the order of the numbers, or by name. */
export function fillVariables(text: string, given: TemplateInput["body"] = []): string {
  const values: Record<string, string> = Array.isArray(given)
    ? Object.fromEntries(given.map((value, index) => [String(index + 1), value]))
    : given;
  return text.replaceAll(VARIABLE, (all, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? all) : all,
  );
}

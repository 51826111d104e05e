/** The names in a text's `{{...}}`, each once, in the order they come. */
export function placeholdersOf(text: unknown): string[] {
  if (typeof text !== "string") return [];
  return [...new Set([...text.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map(([, name]) => name ?? ""))];
}

/** Puts values in the place of the `{{...}}`. */
export function fillPlaceholders(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (all, name: string) => values.get(name) ?? all);
}

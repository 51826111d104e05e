import type { Json } from "#tests/helpers/server/webhook-bodies";

/** What the places of a template stand for. `words` is asked anew for each of them. */
export interface Filling {
  words(): string;
  readonly subject?: string;
  readonly sent?: string;
}

/** The template with its places filled in, names of members included. */
export function fill<T>(template: T, filling: Filling): T {
  return fillValue(template, filling) as T;
}

function fillValue(value: unknown, filling: Filling): unknown {
  if (typeof value === "string") return fillText(value, filling);
  if (Array.isArray(value)) return value.map((item) => fillValue(item, filling));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Json).map(([key, item]) => [fillText(key, filling), fillValue(item, filling)]),
  );
}

function fillText(text: string, { words, subject = "wamid.none", sent = "wamid.none" }: Filling): string {
  return text
    .replaceAll("{words}", () => words())
    .replaceAll("{subject}", () => subject)
    .replaceAll("{sent}", () => sent);
}

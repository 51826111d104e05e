import { asText } from "./json";
import type { PersonAlias } from "./person-alias";

/**
 * The names that are there, best first. A phone may be hidden behind a username: then its fields are missing or empty
 * (Meta, "Business-scoped user IDs").
 */
export function readAliases(waId: unknown, bsuid: unknown, parentBsuid: unknown): PersonAlias[] {
  const found = [
    { kind: "wa_id", value: asText(waId) },
    { kind: "bsuid", value: asText(bsuid) },
    { kind: "parent_bsuid", value: asText(parentBsuid) },
  ] as const;
  return found.flatMap(({ kind, value }) => (value === undefined ? [] : [{ kind, value }]));
}

import { asObject, asText, type JsonObject } from "./json";
import type { PersonAlias } from "./person-alias";
import { readAliases } from "./read-aliases";

/** A person goes by other names from now on. */
export interface IdentityChange {
  readonly old: readonly PersonAlias[];
  readonly new: readonly PersonAlias[];
}

// `customer_…` are the forms of older pages.
const CHANGES = new Set(["user_changed_number", "customer_changed_number", "user_changed_user_id"]);

/**
 * Reads a `system` message that tells of new names. Only its fields count: the sentence in `body` holds a name that the
 * person chose. `customer_identity_changed` changes no name.
 */
export function readIdentityChange(message: JsonObject): IdentityChange | undefined {
  const system = asObject(message.system);
  if (message.type !== "system" || !CHANGES.has(asText(system.type) ?? "")) return undefined;
  // An older draft calls the new id `new_user_id`, and then `user_id` is the old one.
  const isDraft = asText(system.new_user_id) !== undefined;
  const next = readAliases(
    asText(system.wa_id) ?? system.new_wa_id,
    asText(system.new_user_id) ?? system.user_id,
    asText(system.new_parent_user_id) ?? system.parent_user_id,
  );
  const isNew = (alias: PersonAlias): boolean =>
    next.some(({ kind, value }) => kind === alias.kind && value === alias.value);
  const previous = [
    ...readAliases(
      undefined,
      asText(system.previous_user_id) ?? (isDraft ? system.user_id : undefined),
      system.previous_parent_user_id,
    ),
    ...readAliases(message.from, message.from_user_id, message.from_parent_user_id),
    ...readAliases(system.customer, undefined, undefined),
  ].filter((alias) => !isNew(alias));
  return next.length > 0 ? { old: previous, new: next } : undefined;
}

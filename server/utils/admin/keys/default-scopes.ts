import type { ScopeRules } from "../../auth/check-scopes";
import { AppError } from "../../errors";

/**
 * The scopes of a key for which none were named: everything for the owner; for anybody else every tool and every granted
 * number by name, so that what is added later must be given on purpose.
 *
 * @throws AppError `conflict` when the client has no number yet: its key could do nothing, and would stay so
 */
export function defaultScopes({ isOwner, toolNames, waPhoneNumberIds }: ScopeRules): string[] {
  if (isOwner) return ["tools:*", "numbers:*"];
  if (waPhoneNumberIds.length > 0)
    return [...toolNames.map((name) => `tools:${name}`), ...waPhoneNumberIds.map((id) => `numbers:${id}`)];
  throw new AppError("conflict", "This client holds no grant on any number, so its key could do nothing.", {
    advice: 'Give it a number with "grants add" first, or name the scopes with --scope.',
  });
}

import { AppError } from "../errors";

/** For whom scopes are checked. */
export interface ScopeRules {
  readonly isOwner: boolean;
  /** Every tool there is. */
  readonly toolNames: readonly string[];
  /** Meta's ids of the numbers that the client is granted. */
  readonly waPhoneNumberIds: readonly string[];
}

/**
 * Checks the scopes that a key is to get, before it gets them.
 *
 * @throws AppError `invalid_arguments` that names each bad scope and what is wrong with it
 */
export function checkScopes(scopes: readonly string[], rules: ScopeRules): void {
  const problems = scopes.flatMap((scope) => {
    const problem = findProblem(scope, rules);
    return problem ? [{ scope, problem }] : [];
  });
  if (problems.length === 0) return;
  const named = problems.map(({ scope, problem }) => `'${scope}' ${problem}`).join("; ");
  throw new AppError("invalid_arguments", `These scopes cannot be given: ${named}.`, {
    advice:
      "Scopes are tools:<name> and numbers:<Meta's id>; the owner's keys may also have tools:* and numbers:*.",
    details: { field: "scopes", scopes: problems },
  });
}

function findProblem(
  scope: string,
  { isOwner, toolNames, waPhoneNumberIds }: ScopeRules,
): string | undefined {
  const [, kind, name = ""] = /^(tools|numbers):(.+)$/s.exec(scope) ?? [];
  if (!kind) return "is no scope";
  if (name === "*") return isOwner ? undefined : "is for the owner's keys only";
  if (kind === "tools") return toolNames.includes(name) ? undefined : "names no tool";
  return waPhoneNumberIds.includes(name) ? undefined : "names no number that the client is granted";
}

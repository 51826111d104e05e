import { AppError } from "../../errors";
import { catalogue } from "../../mcp/catalogue";
import { requireCap } from "../require-cap";
import type { GrantChange } from "./store";

/** The terms of a grant; what is left out keeps its value, or gets its default. */
export interface GrantTerms {
  /** `all` shows every conversation of the number, `own` only the client's. */
  readonly visibility?: "own" | "all" | undefined;
  /** Whom the client may write to. */
  readonly recipientPolicy?: "anyone" | "open_window" | "allowlist" | "none" | undefined;
  /** Which sends wait for a person's word. */
  readonly confirmPolicy?: "never" | "new_recipient" | "always" | undefined;
  /** Messages a day (UTC); null: unlimited. */
  readonly dailyCap?: number | null | undefined;
  /** Messages that one person may get within any hour; null: unlimited. */
  readonly recipientHourlyCap?: number | null | undefined;
  /** Names of tools, or `*`. */
  readonly tools?: readonly string[] | undefined;
}

/**
 * Checks the terms that are named, and returns those alone.
 *
 * @throws AppError `invalid_arguments`
 */
export function readGrantTerms(terms: GrantTerms): GrantChange {
  requireCap("The daily cap", terms.dailyCap);
  requireCap("The hourly cap per recipient", terms.recipientHourlyCap);
  const { tools } = terms;
  if (tools) requireTools(tools);
  return {
    ...(terms.visibility ? { visibility: terms.visibility } : {}),
    ...(terms.recipientPolicy ? { recipientPolicy: terms.recipientPolicy } : {}),
    ...(terms.confirmPolicy ? { confirmPolicy: terms.confirmPolicy } : {}),
    ...(terms.dailyCap === undefined ? {} : { dailyCap: terms.dailyCap }),
    ...(terms.recipientHourlyCap === undefined ? {} : { recipientHourlyCap: terms.recipientHourlyCap }),
    ...(tools ? { tools: [...new Set(tools)] } : {}),
  };
}

function requireTools(tools: readonly string[]): void {
  const names = catalogue.names();
  const isKnown = tools.every((tool) => tool === "*" || names.includes(tool));
  if (isKnown && tools.length > 0) return;
  throw new AppError("invalid_arguments", "One of the tools does not exist.", {
    advice: `The tools are ${names.join(", ")}; * stands for all of them.`,
  });
}

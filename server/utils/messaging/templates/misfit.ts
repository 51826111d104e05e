import { AppError } from "../../errors";
import type { TemplateParameters } from "../../meta/template-parameters";

/** Where something is longer than it may be, in UTF-16 units. */
export interface Excess {
  readonly limit: number;
  readonly value: number;
}

/** The error for what does not fit into a template: which field, why, and what the template wants. */
export function misfit(
  field: string,
  problem: string,
  wanted: TemplateParameters,
  excess?: Excess,
): AppError {
  return new AppError("invalid_arguments", `${field}: ${problem}`, {
    advice: "Give exactly what the template wants; params says what that is.",
    details: { fields: [{ field, problem, ...excess }], params: wanted },
  });
}

import type { BusinessNumber } from "../core/business-number";
import type { NumberState } from "./control-types";

/** A number as the control API shows it. */
export function describeNumberState({
  id,
  displayNumber,
  verifiedName,
  health,
}: BusinessNumber): NumberState {
  return { id, display_phone_number: displayNumber, verified_name: verifiedName, ...health };
}

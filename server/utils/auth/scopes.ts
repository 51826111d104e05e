import { AppError } from "../errors";
import type { NumberGrant, Principal } from "./principal";

/** Whether the key's scopes name the tool. Every tool by wildcard is the owner's alone. */
export function mayUseTool(principal: Principal, tool: string): boolean {
  if (principal.scopes.includes(`tools:${tool}`)) return true;
  return principal.isOwner && principal.scopes.includes("tools:*");
}

/**
 * The numbers that a key may use a tool on: granted to its client with that tool, and named by its scopes. Every number by
 * wildcard is the owner's alone.
 */
export function grantedNumbers(principal: Principal, tool: string): NumberGrant[] {
  const hasAll = principal.isOwner && principal.scopes.includes("numbers:*");
  return principal.grants.filter(
    (grant) =>
      (hasAll || principal.scopes.includes(`numbers:${grant.waPhoneNumberId}`)) &&
      (grant.tools.includes("*") || grant.tools.includes(tool)),
  );
}

/**
 * The number that a call means.
 *
 * @param waPhoneNumberId Meta's id; may be left out when the key has one number
 * @throws AppError `not_found` for a number that is not the caller's, whether it exists or not
 */
export function requireNumber(
  principal: Principal,
  tool: string,
  waPhoneNumberId: string | undefined,
): NumberGrant {
  const numbers = grantedNumbers(principal, tool);
  if (waPhoneNumberId === undefined && numbers.length > 1) {
    throw new AppError("invalid_arguments", "phone_number_id is needed: this key has more than one number.", {
      advice: "Call list_numbers and choose one.",
      details: { field: "phone_number_id" },
    });
  }
  const number = numbers.find(
    (grant) => waPhoneNumberId === undefined || grant.waPhoneNumberId === waPhoneNumberId,
  );
  if (!number) {
    throw new AppError("not_found", "There is no such number for this key.", {
      advice: "Call list_numbers to see the numbers of this key.",
      details: { field: "phone_number_id" },
    });
  }
  return number;
}

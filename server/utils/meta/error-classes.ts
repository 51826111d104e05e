/**
 * What a Graph error means for a send.
 *
 * - `safe`: certainly not sent; send again later
 * - `ambiguous`: Meta may have sent it
 * - `final`: certainly not sent, and never will be as it is
 * - `human`: certainly not sent, and the account or the token needs a person; try again much later
 */
export type SendErrorClass = "safe" | "ambiguous" | "final" | "human";

const SAFE = new Set([4, 17, 613, 80007, 130429, 131056, 131208, 133015, 134101, 139102, 139103, 2494100]);
const AMBIGUOUS = new Set([1, 2, 131000, 131016, 131057, 133004]);
const HUMAN = new Set([
  0, 3, 10, 33, 104, 190, 368, 131005, 131031, 131037, 131042, 131044, 131045, 131063, 133000, 133005, 133006,
  133008, 133009, 133010, 134011, 134102,
]);

/**
 * Classifies Meta's error code (Meta, "Error codes"; the code decides, not the HTTP status, which differs
 * between pages). A code that nobody knows is final below 500 and ambiguous above.
 */
export function classifySendError(code: number, httpStatus: number): SendErrorClass {
  if (SAFE.has(code)) return "safe";
  if (AMBIGUOUS.has(code)) return "ambiguous";
  // 200 to 299: a permission is missing, or the asset is not assigned to the token's user.
  if (HUMAN.has(code) || (code >= 200 && code <= 299)) return "human";
  return httpStatus >= 500 ? "ambiguous" : "final";
}

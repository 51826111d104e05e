import type { Principal } from "../auth/principal";

/** Numbers of which a client sees every conversation, and numbers of which it sees its own. */
export interface Reach {
  readonly allOf: readonly string[];
  readonly ownOf: readonly string[];
  readonly clientId: string;
}

/** Says how far the caller sees on these of its numbers. */
export function describeReach(
  { clientId }: Principal,
  numbers: readonly Principal["grants"][number][],
): Reach {
  const idsOf = (visibility: "all" | "own"): string[] =>
    numbers.filter((number) => number.visibility === visibility).map((number) => number.phoneNumberId);
  return { allOf: idsOf("all"), ownOf: idsOf("own"), clientId };
}

import type { NumberHealth } from "../meta/fetch-number-health";

/** Something of a number that has become worse, and Meta's word for how it is now. */
export interface Turn {
  readonly kind: "number_quality" | "number_status" | "number_health";
  readonly state: string;
}

// The higher, the worse. What is not named says nothing of quality or health; of the status, anything else (PENDING,
// UNVERIFIED) means that nothing can be sent yet, and the worst that it was taken away (Meta, "Phone number status").
const QUALITY: Record<string, number> = { GREEN: 0, YELLOW: 1, RED: 2 };
const STATUS: Record<string, number> = {
  CONNECTED: 0,
  FLAGGED: 1,
  RATE_LIMITED: 1,
  RESTRICTED: 2,
  BANNED: 4,
  DISCONNECTED: 4,
  DELETED: 4,
};
const HEALTH: Record<string, number> = { AVAILABLE: 0, LIMITED: 1, BLOCKED: 2 };
const NOT_SENDING = 3;

/** What of a number is worse than it was; of what was not known before, what is bad. */
export function findTurns(before: NumberHealth, now: NumberHealth): Turn[] {
  const pairs = [
    ["number_quality", before.quality, now.quality, (word: string) => QUALITY[word] ?? 0],
    ["number_status", before.status, now.status, (word: string) => STATUS[word] ?? NOT_SENDING],
    ["number_health", before.health?.canSend, now.health?.canSend, (word: string) => HEALTH[word] ?? 0],
  ] as const;
  return pairs.flatMap(([kind, old, state, rank]) => {
    if (!state) return [];
    return rank(state) > (old ? rank(old) : 0) ? [{ kind, state }] : [];
  });
}

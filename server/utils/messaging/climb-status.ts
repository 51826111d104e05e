import type { MessageStatus } from "./message-status";
import { REPORTED_STATUSES } from "./reported-statuses";

const RANKS: Partial<Record<MessageStatus, number>> = {
  held: 0,
  queued: 0,
  sending: 1,
  // Nobody knows; whatever Meta says later is better than that.
  unknown: 2,
  accepted: 3,
  sent: 4,
  delivered: 5,
  read: 6,
  played: 7,
};

/**
 * Where a message stands after Meta reported something. Reports come late, twice and out of order, so a
 * status only moves up. A failure is final unless the message had already arrived somewhere; and a message
 * that arrived after all is not failed (one device may fail while another receives).
 */
export function climbStatus(current: MessageStatus, reported: string): MessageStatus {
  const currentRank = RANKS[current];
  if (reported === "failed") return currentRank === undefined || currentRank >= 5 ? current : "failed";
  const next = REPORTED_STATUSES.find((status) => status === reported);
  const nextRank = next && RANKS[next];
  if (!next || nextRank === undefined) return current;
  if (current === "failed") return nextRank >= 5 ? next : current;
  // It had left before its time was up, or before it was cancelled: an attempt of which nobody knew the end.
  if (current === "expired" || current === "cancelled") return next;
  if (currentRank === undefined) return current;
  return nextRank > currentRank ? next : current;
}

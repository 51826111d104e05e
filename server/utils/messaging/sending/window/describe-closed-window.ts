import { isClosedByMeta, type WindowFacts } from "../../is-closed-by-meta";
import { readWindow } from "../../window";

/** Why a window that is not open is not. */
export function describeClosedWindow(facts: WindowFacts, now: Date): string {
  if (isClosedByMeta(facts)) return "WhatsApp says that this person's 24-hour window is closed.";
  const { closes_at: closesAt } = readWindow(facts, now);
  return closesAt !== null && new Date(closesAt) > now
    ? "This person's 24-hour window closes within a minute, and a message may come too late."
    : "This person has neither written nor called within the last 24 hours.";
}

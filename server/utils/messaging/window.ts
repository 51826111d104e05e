import { isClosedByMeta, type WindowFacts } from "./is-closed-by-meta";

/** Whether free-form messages may be sent, and until when. */
export interface CustomerServiceWindow {
  readonly open: boolean;
  readonly closes_at: string | null;
}

const WINDOW_MS = 24 * 60 * 60 * 1000;
// Meta refuses what is still on its way when the window closes (reference 5.1).
const MARGIN_MS = 60_000;

/** The 24-hour customer service window, counted from the person's last message by Meta's time. It is not open in its last minute. */
export function readWindow(facts: WindowFacts, now: Date): CustomerServiceWindow {
  const { lastInboundAt, windowClosedAt } = facts;
  if (!lastInboundAt) return { open: false, closes_at: null };
  if (windowClosedAt && isClosedByMeta(facts))
    return { open: false, closes_at: windowClosedAt.toISOString() };
  const closesAt = new Date(lastInboundAt.getTime() + WINDOW_MS);
  return { open: closesAt.getTime() - MARGIN_MS > now.getTime(), closes_at: closesAt.toISOString() };
}

/** Whether free-form messages may be sent, and until when. */
export interface CustomerServiceWindow {
  readonly open: boolean;
  readonly closes_at: string | null;
}

const WINDOW_MS = 24 * 60 * 60 * 1000;

/** The 24-hour customer service window, counted from the person's last message by Meta's time. */
export function readWindow(lastInboundAt: Date | null, now: Date): CustomerServiceWindow {
  if (!lastInboundAt) return { open: false, closes_at: null };
  const closesAt = new Date(lastInboundAt.getTime() + WINDOW_MS);
  return { open: closesAt > now, closes_at: closesAt.toISOString() };
}

/** What a conversation's window depends on. */
export interface WindowFacts {
  /** When the person last did what opens it. */
  readonly lastInboundAt: Date | null;
  /** When a message left that Meta refused because the window is closed, and was believed. */
  readonly windowClosedAt: Date | null;
}

/** Meta tells in whole seconds when the person wrote: it may have been so much later. */
export const INBOUND_TOLERANCE_MS = 1_000;

/** Whether Meta says that the window is closed, and the person has neither written nor called since. */
export function isClosedByMeta({ lastInboundAt, windowClosedAt }: WindowFacts): boolean {
  if (lastInboundAt === null || windowClosedAt === null) return false;
  return windowClosedAt.getTime() >= lastInboundAt.getTime() + INBOUND_TOLERANCE_MS;
}

/** What a conversation's window depends on. */
export interface WindowFacts {
  /** When the person last did what opens it. */
  readonly lastInboundAt: Date | null;
  /** When a message left that Meta refused because the window is closed, and was believed. */
  readonly windowClosedAt: Date | null;
}

/** Whether Meta says that the window is closed, and the person has neither written nor called since. */
export function isClosedByMeta({ lastInboundAt, windowClosedAt }: WindowFacts): boolean {
  return lastInboundAt !== null && windowClosedAt !== null && windowClosedAt >= lastInboundAt;
}

/** Where time comes from. Tests give their own, so that nothing has to sleep. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** What is sent, to how many, and within which limits. */
export interface DrainPlan {
  readonly messages: number;
  /** Each gets every so manieth message, in an order that is checked. */
  readonly people: number;
  /** What Meta takes from the number, here and at the server. */
  readonly sendsPerSecond: number;
  /** Meta's limit per person, at both sides: 45 at once, then one per six seconds. */
  readonly pairRate: boolean;
  readonly clients: number;
  /** How long one line of the table is, in milliseconds. */
  readonly windowMs: number;
  /** After which it is given up and reported as far as it came, in milliseconds; well over 30,000. */
  readonly timeoutMs: number;
}

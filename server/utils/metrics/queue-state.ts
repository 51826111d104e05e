/** How much waits in the database, and for how long. */
export interface QueueState {
  readonly messages: Readonly<Record<"queued" | "sending" | "held" | "uncertain", number>>;
  /** Since when the message is late that has been so for longest; undefined when none is. */
  readonly oldestDueAt: Date | undefined;
  readonly inbox: Readonly<Record<"waiting" | "dead", number>>;
  /** When the oldest webhook body came that is not handled yet. */
  readonly oldestBodyAt: Date | undefined;
  /** Events that are due and were not handed to Inngest. */
  readonly dueEvents: number;
  /** Since when something waits for the relay. */
  readonly relayWaitingSince: Date | undefined;
  readonly numbers: Readonly<Record<"working" | "throttled" | "paused" | "disabled", number>>;
}

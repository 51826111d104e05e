import type { Violation } from "./oracle/evidence";

/** A violation with what the server remembers of the message. */
export interface ExplainedViolation extends Violation {
  readonly history: readonly string[];
}

/** What a run did and found. */
export interface Report {
  readonly seed: number;
  readonly durationMs: number;
  /** SIGKILLs by what was killed. */
  readonly kills: Readonly<Record<string, number>>;
  /** Other strikes by kind. */
  readonly strikes: Readonly<Record<string, number>>;
  readonly sends: number;
  readonly inbound: number;
  /** Calls whose answer was lost, made again with the same key. */
  readonly repeats: number;
  readonly uncertainAttempts: number;
  /** Sends that were made again because silence proved them lost. */
  readonly resent: number;
  /** Sends that the sweep woke: whatever should have moved them was lost, or a clock was wrong by minutes. */
  readonly rescued: number;
  /** Sends that ended as `unknown`, `failed` or `expired`. */
  readonly unknown: number;
  readonly failed: number;
  /** Arrived twice because Meta's report came after the settle time, as the design says it may. */
  readonly excusedDoubles: number;
  readonly settledAfterMs: number;
  readonly violations: readonly ExplainedViolation[];
}

import type { Finding } from "./finding";

/** One thing that is looked at. */
export interface Check<Context> {
  /** A word for programs; stays the same over versions. */
  readonly id: string;
  readonly title: string;
  /** Checks without which this one could only say the same again: where one of them failed, this one is passed over. */
  readonly needs: readonly string[];
  /** How long it may take; 5 seconds when left out. */
  readonly timeoutMs?: number;
  run(ctx: Context): Promise<Finding>;
}

import type { Queryable } from "../store/database";
import type { FunctionSet } from "../store/functions";

/** An event the engine itself emits, such as `inngest/function.failed`. */
export interface InternalEvent {
  name: string;
  data: Record<string, unknown>;
}

/** One transaction of the engine. */
export interface Work {
  tx: Queryable;
  /** Being read while the first statements are under way. */
  functions: Promise<FunctionSet>;
  /** Emitted so far; they start runs and end waits before the transaction commits. */
  emitted: InternalEvent[];
}

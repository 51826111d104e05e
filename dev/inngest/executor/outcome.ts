import type { SerializedError, StepOperation } from "../types";

/** What a call to the app came to. */
export type Outcome =
  | { kind: "unreachable"; reason: string }
  | { kind: "done"; data: unknown }
  | { kind: "failed"; error: SerializedError; retriable: boolean; retryAfterMs?: number }
  | { kind: "steps"; operations: StepOperation[]; race: boolean; retryAfterMs?: number };

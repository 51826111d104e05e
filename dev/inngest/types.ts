/** An event as functions receive it; unknown fields of the sender are kept. */
export interface EngineEvent {
  /** The sender's own id, or the engine's when the sender gave none. */
  id: string;
  name: string;
  data: Record<string, unknown>;
  /** Milliseconds since 1970; in the future means "run then". */
  ts: number;
  [field: string]: unknown;
}

/** One concurrency option of a function, as the SDK registers it. */
export interface ConcurrencyOption {
  limit: number;
  key?: string;
  scope?: "fn" | "env" | "account";
}

/** One trigger of a function: an event (with an optional CEL expression) or a cron. */
export interface Trigger {
  event?: string;
  expression?: string;
  cron?: string;
  jitter?: string;
}

/**
 * What the SDK registers for one function. Source: `InngestFunction.getConfig` and `functionConfigSchema` in
 * `inngest` 4.24. Durations are strings such as `"1m30s"`.
 */
export interface FunctionConfig {
  id: string;
  name?: string;
  triggers?: Trigger[];
  steps: Record<string, { runtime: { type: string; url: string }; retries?: { attempts?: number } }>;
  concurrency?: number | ConcurrencyOption | ConcurrencyOption[];
  throttle?: { limit: number; period: string; key?: string; burst?: number };
  rateLimit?: { limit: number; period: string; key?: string };
  batchEvents?: { maxSize: number; timeout: string; key?: string; if?: string };
  debounce?: { period: string; key?: string; timeout?: string };
  idempotency?: string;
  priority?: { run?: string };
  singleton?: { key?: string; mode: "skip" | "cancel" };
  cancel?: { event: string; if?: string; timeout?: string }[];
  timeouts?: { start?: string; finish?: string };
}

/** The life of a run. */
export type RunStatus = "Queued" | "Running" | "Completed" | "Failed" | "Cancelled";

/** An error as the SDK serialises it. */
export interface SerializedError {
  name: string;
  message: string;
  stack?: string;
  [field: string]: unknown;
}

/** An operation the SDK answers with status 206. Source: `StepOpCode` in `inngest` 4.24. */
export interface StepOperation {
  id: string;
  op: string;
  name?: string | null;
  displayName?: string | null;
  data?: unknown;
  error?: SerializedError;
  opts?: Record<string, unknown> | null;
}

/** An engine under test, embedded or real. */
export interface EngineHandle {
  readonly kind: "embedded" | "real";
  readonly mode: "dev" | "keyed";
  readonly url: string;
  /** Set in keyed mode. */
  readonly keys?: { readonly signingKey: string; readonly eventKey: string };
  /** Process id of the server. */
  readonly pid: number;
  /** What to close before the engine: the apps of its tests. */
  readonly cleanups: (() => Promise<void>)[];
  stop(): Promise<void>;
}

/** Keys of keyed mode: the signing key is hex of even length, which a real server insists on. */
export const TEST_KEYS = { signingKey: "5ec5e7".repeat(10), eventKey: "test-event-key" };

/** Seconds between attempts, in place of Inngest's 15 and more. */
export const RETRY_INTERVAL_SECONDS = 1;

import type { Signer } from "./signature";
import type { Pool, Queryable } from "./store/database";
import type { FunctionSet } from "./store/functions";

/** What the parts of one engine process share. */
export interface Engine {
  pool: Pool;
  /** Number of this process; the owner of its leases. */
  instance: number;
  /** Keys of keyed mode; undefined in dev mode. */
  signer: Signer | undefined;
  /** Event keys that are taken; empty means any. */
  eventKeys: readonly string[];
  /** Replaces Inngest's backoff table between attempts. */
  retryIntervalMs: number | undefined;
  /** The functions of the newest registration. */
  functions(sql: Queryable): Promise<FunctionSet>;
  /** Look for work now: something was queued. */
  wake(): void;
  /** Register the apps again now: one answered that it does not know a function, or could not be reached. */
  syncSoon(): void;
  log(line: string): void;
  isClosing(): boolean;
}

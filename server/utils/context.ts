import type { Database, Transaction } from "#db/client";
import type { Principal } from "./auth/principal";
import type { Clock } from "./clock";
import type { Config } from "./config";
import type { Log } from "./log";
import type { GraphClient } from "./meta/graph-client";

/** What a verb needs when it works for the system: a webhook, a function, the sweep. */
export interface SystemContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  readonly graph: GraphClient;
  /** Tells the relay that something was committed for it. Returns at once. */
  readonly wakeRelay: () => void;
  /** Changes as they are committed, on any replica. */
  readonly changes: ChangeSource;
}

/** What a verb needs when it works for a client's call. */
export interface CallContext extends SystemContext {
  readonly principal: Principal;
  readonly requestId: string;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** What the call touched; goes into its audit row. */
  readonly targets: AuditTargets;
  /** Asks the person at the other end; absent when the client cannot. */
  readonly askPerson?: AskPerson;
  /** Reads as the client. */
  read<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Does the call's work as the client and writes its audit row in the same transaction. */
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** Puts a question to a person and returns the answer; `cancel` when there was none. */
export type AskPerson = (question: string) => Promise<"accept" | "decline" | "cancel">;

/** Internal ids, filled in as a call finds them. */
export interface AuditTargets {
  phoneNumberId?: string;
  conversationId?: string;
  messageId?: string;
}

/** A committed change, by ids. */
export interface Change {
  readonly seq: number;
  readonly kind: "message" | "status";
  readonly direction: "inbound" | "outbound";
  readonly phoneNumberId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly ownerClientId: string | null;
}

export interface ChangeSource {
  /**
   * Calls `listener` for every change, and with `undefined` when changes may have been missed.
   *
   * @returns a function that ends it
   */
  subscribe(listener: (change: Change | undefined) => void): () => void;
}

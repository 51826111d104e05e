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
  /** Conversations that appear or change hands, on any replica: what `resources/list` shows is another then. */
  readonly conversationNews: ConversationNewsSource;
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
  /** What the caller was asked about when it made this very call before; set once it comes back with an answer. */
  readonly askedAboutId?: string;
  /** Tells the client how far the call is; absent when it did not ask for that. */
  readonly reportProgress?: ReportProgress;
  /** Reads as the client. */
  read<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Does the call's work as the client and writes its audit row in the same transaction. */
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/**
 * Puts a question about one thing of ours, by its id, to a person and returns the answer; `cancel` when there was none.
 * Ends the call where the answer can only come with the next one.
 */
export type AskPerson = (question: string, aboutId: string) => Promise<"accept" | "decline" | "cancel">;

/** Reports progress. `done` only grows; `total` is what it grows to, where that is known. Never waits, never fails. */
export type ReportProgress = (done: number, total: number | undefined, message: string) => void;

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
  /** The number of the last change that was passed on. */
  readonly lastSeq: number;
  /**
   * Calls `listener` for every change, each once and in order, and with `undefined` when changes may have been missed.
   *
   * @param interest only for changes of these; without it, of all
   * @returns a function that ends it
   */
  subscribe(listener: ChangeListener, interest?: ChangeInterest): () => void;
  /** How many of a key's listeners there are now, of those that named it. */
  countOf(keyId: string): number;
}

export type ChangeListener = (change: Change | undefined) => void;

/** What a listener wants to hear of, so that nobody else's changes even wake it. */
export interface ChangeInterest {
  /** Our ids of numbers, conversations and messages. */
  readonly ids: readonly string[];
  /** The key that listens. */
  readonly keyId: string;
}

/** A conversation of this number appeared, or changed hands. `mcp/changes-resource-list.ts` says whose list that changes. */
export interface ConversationNews {
  readonly phoneNumberId: string;
  readonly ownerClientId: string | null;
  /** Who had it before; null for a new one. */
  readonly formerClientId: string | null;
}

export interface ConversationNewsSource {
  /**
   * Calls `listener` for every piece of news, in bursts where many conversations appear: listeners coalesce. Called with
   * `undefined` when news may have been missed.
   *
   * @returns a function that ends it
   */
  subscribe(listener: (news: ConversationNews | undefined) => void): () => void;
}

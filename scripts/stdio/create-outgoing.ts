import type { Message, ResponseMessage } from "./classify-message";
import type { Session } from "./create-http-link";

/** A message on its way to the server. */
export interface Outgoing {
  /** The message as the host wrote it. */
  readonly text: string;
  readonly message: Message;
  /** Ends every attempt: the host cancelled it, or the shim stops. */
  readonly abort: AbortController;
  /** The session to send it in, asked before each attempt; `undefined` before there is one. */
  session(): Session | undefined;
  /** False when it makes no sense in another session: the handshake, answers, cancellations. */
  readonly survivesRenewal: boolean;
  /** How long it may wait for the server, in milliseconds from the first failure. */
  readonly waitMs: number;
  /** Takes the answer; absent when none is expected. */
  readonly receive?: (answer: ResponseMessage, text: string) => Promise<void>;
  isAnswered: boolean;
  /** Whether the server may be working on it. */
  mayBeRunning: boolean;
  /** What the server called the session in its last answer. */
  sessionId?: string;
}

/** What the sender of a message decides. */
export type OutgoingOptions = Pick<
  Outgoing,
  "text" | "message" | "session" | "survivesRenewal" | "waitMs" | "receive"
>;

/** Makes a message ready to be sent. */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  return { ...options, abort: new AbortController(), isAnswered: false, mayBeRunning: false };
}

/** A piece of work, numbered from 0. */
export interface Action {
  readonly number: number;
  /** `send twice` makes the same call on two connections at once, with one key. */
  readonly kind: "send" | "send twice" | "receive";
  /** Which of the people it is about. */
  readonly person: number;
  /** Sends: after so many seconds it must not be sent any more. */
  readonly expiresInS?: number;
}

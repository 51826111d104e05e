import type { Backoff } from "./error-table";

/** How one POST of a message ended. */
export type SendOutcome =
  | {
      readonly kind: "accepted";
      readonly wamid: string;
      readonly waId?: string;
      readonly userId?: string;
      readonly traceId?: string;
    }
  /** Certainly not sent; worth another try. */
  | { readonly kind: "retry"; readonly error: SendError }
  /** Certainly not sent, and never will be as it is. */
  | { readonly kind: "failed"; readonly error: SendError }
  /** Nobody knows: the request left, and no answer that can be trusted came back. */
  | { readonly kind: "uncertain"; readonly error: SendError };

/** A failure by Meta's code and in our words. Holds no message text, no number and nothing that Meta wrote freely. */
export interface SendError {
  readonly code?: number;
  readonly reason: string;
  /** What an agent should do next. */
  readonly advice?: string;
  /** What is wrong with a file: field, limit and value. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly httpStatus?: number;
  readonly traceId?: string;
  /** Who has to wait before the next attempt; the message alone, and shortly, when left out. */
  readonly backoff?: Backoff;
  /** When Meta says that the account may go on. */
  readonly regainMs?: number;
  /** Set when a person must act: the token, the account, the number's registration. */
  readonly needsHuman?: true;
  /** Set when the owner must hear of it although the message is over. */
  readonly alerts?: true;
}

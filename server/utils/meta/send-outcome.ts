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

/** Meta's words about a failure, or ours about the connection. Holds no message text and no number. */
export interface SendError {
  readonly code?: number;
  readonly reason: string;
  readonly httpStatus?: number;
  readonly traceId?: string;
  /** Set when a person must act: the token, the account, the number's registration. */
  readonly needsHuman?: true;
}

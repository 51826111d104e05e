/** What a client may do on one number. */
export interface NumberGrant {
  /** Our id of the number. */
  readonly phoneNumberId: string;
  /** Meta's id, which callers use. */
  readonly waPhoneNumberId: string;
  readonly displayNumber: string;
  readonly label: string;
  readonly quality: string | null;
  readonly tools: readonly string[];
  readonly visibility: "own" | "all";
  /** Whom the client may write to. */
  readonly recipientPolicy: "anyone" | "open_window" | "allowlist" | "none";
  /** Which sends wait for a person's word. */
  readonly confirmPolicy: "never" | "new_recipient" | "always";
}

/** Who calls: a key, its client, and what they may do. */
export interface Principal {
  readonly keyId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly isOwner: boolean;
  readonly scopes: readonly string[];
  /** Calls a minute. */
  readonly rpmLimit: number;
  /** The key on which limits are counted: the first of its chain of rotations. */
  readonly limitsKeyId: string;
  /** When the key ends; null for one that does not. */
  readonly expiresAt: Date | null;
  readonly grants: readonly NumberGrant[];
}

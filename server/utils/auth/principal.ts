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
}

/** Who calls: a key, its client, and what they may do. */
export interface Principal {
  readonly keyId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly isOwner: boolean;
  readonly scopes: readonly string[];
  readonly grants: readonly NumberGrant[];
}

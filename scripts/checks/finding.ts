/** What a check found. Holds ids and codes; never a secret, a phone number or a message. */
export interface Finding {
  readonly status: "ok" | "warning" | "failed" | "skipped";
  /** What is so, or what is wrong. */
  readonly says: string;
  /** How to mend it. */
  readonly mend?: string;
  /** Where that is explained, from the repository's root. */
  readonly see?: string;
}

/** Of the templates that Meta takes. One that is flagged is under watch, and still goes out. */
export const SENDABLE_STATUSES: readonly string[] = ["APPROVED", "FLAGGED"];

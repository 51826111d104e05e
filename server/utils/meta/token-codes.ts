/** Meta's codes for a token that is no good ("Error codes" of the Graph API); any other says nothing of the token. */
export const TOKEN_CODES: ReadonlySet<number | undefined> = new Set([0, 190]);

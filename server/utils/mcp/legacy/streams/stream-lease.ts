/** How long a stream counts as open when its process does not say so again. */
export const STREAM_LEASE_MS = 60_000;
/** After how long a lease is renewed. */
export const RENEW_AFTER_MS = 20_000;

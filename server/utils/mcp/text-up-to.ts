import * as v from "valibot";

/**
 * Storable text of a length that stands not in the schema: what send_message explains is not explained again in every tool,
 * because each word is paid for by every session.
 */
export function textUpTo(limit: number) {
  return v.pipe(
    v.string(),
    v.check((text) => text.length > 0 && text.length <= limit, `must have 1 to ${limit} characters`),
    v.check((text) => !/\p{Surrogate}/u.test(text) && !text.includes("\u0000"), "must be valid Unicode"),
  );
}

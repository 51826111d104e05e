import * as v from "valibot";

/** A message view in answers whose schema need not say once more what it holds: every word of a schema costs each model. */
export const ListedMessageSchema = v.pipe(
  v.looseObject({ id: v.string(), untrusted_text: v.optional(v.string()) }),
  v.description("as in get_messages"),
);

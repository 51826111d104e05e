import * as v from "valibot";

/** A `subscriptions/listen`, as far as it concerns us; the SDK checks the rest. */
export const ListenRequestSchema = v.looseObject({
  id: v.union([v.string(), v.number()]),
  method: v.literal("subscriptions/listen"),
  params: v.looseObject({
    notifications: v.looseObject({ resourceSubscriptions: v.optional(v.array(v.string()), []) }),
  }),
});

export type ListenRequest = v.InferOutput<typeof ListenRequestSchema>;

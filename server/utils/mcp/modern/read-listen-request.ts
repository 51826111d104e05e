import * as v from "valibot";
import { AppError } from "../../errors";

/** Addresses that one stream may listen to. */
export const SUBSCRIPTION_LIMIT = 256;

const METHOD = v.literal("subscriptions/listen");
const AnyListenSchema = v.looseObject({ method: METHOD });
const ListenRequestSchema = v.looseObject({
  id: v.union([v.string(), v.number()]),
  method: METHOD,
  params: v.looseObject({
    notifications: v.looseObject({ resourceSubscriptions: v.optional(v.array(v.string()), []) }),
  }),
});

/** A `subscriptions/listen`, as far as it concerns us; the SDK checks the rest. */
export type ListenRequest = v.InferOutput<typeof ListenRequestSchema>;

/** Reads a listen request: what is wrong with it when it cannot be served, undefined for a request of any other method. */
export function readListenRequest(body: unknown): ListenRequest | AppError | undefined {
  if (!v.is(AnyListenSchema, body)) return undefined;
  const { success, output } = v.safeParse(ListenRequestSchema, body);
  if (!success) {
    return new AppError("invalid_arguments", "params.notifications must say what to listen to.", {
      advice: "Name lists, or addresses in resourceSubscriptions.",
    });
  }
  if (output.params.notifications.resourceSubscriptions.length <= SUBSCRIPTION_LIMIT) return output;
  return new AppError("invalid_arguments", `A stream listens to at most ${SUBSCRIPTION_LIMIT} addresses.`, {
    advice: "Listen to wamcp://inbox, which hears of every message from people.",
  });
}

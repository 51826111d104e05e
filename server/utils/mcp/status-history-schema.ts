import * as v from "valibot";

const error = v.optional(v.record(v.string(), v.unknown()));

/** How a message came to where it stands, oldest first. */
export const StatusHistorySchema = v.array(v.object({ status: v.string(), at: v.string(), error }));

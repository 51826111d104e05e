import * as v from "valibot";

/** Faults that strike a call on the Graph side. */
const GRAPH_FAULTS = [
  "drop_response_after_accept",
  "reset_before_accept",
  "reset_during_request",
  "accept_and_hang",
  "http_500_html",
  "http_502_html",
  "graph_error",
  "slow_response",
  "expired_token",
  "status_before_response",
] as const;

/** Faults that strike the download of a file. */
const MEDIA_FAULTS = [
  "media_url_expired",
  "media_wrong_bytes",
  "media_wrong_mime",
  "media_truncated",
  "media_endless",
  "media_slow",
  "media_redirect",
] as const;

/** Faults that strike a webhook on its way out. */
const WEBHOOK_FAULTS = [
  "duplicate",
  "reorder",
  "batch",
  "delay",
  "hold",
  "ghost_unsupported",
  "bad_signature",
] as const;

const Milliseconds = v.pipe(v.number(), v.minValue(0));
const Natural = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A fault as it is asked for. Without `count` and `probability` it strikes once (`hold`: until released). */
export const FaultSchema = v.strictObject({
  kind: v.picklist([...GRAPH_FAULTS, ...MEDIA_FAULTS, ...WEBHOOK_FAULTS]),
  /** Strikes at most so many times. */
  count: v.optional(v.pipe(Natural, v.minValue(1))),
  /** Chance to strike each time it could, from the seeded generator. */
  probability: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** Lets the first so many pass. */
  skip: v.optional(Natural),
  /** Graph side: which calls. */
  on: v.optional(v.picklist(["send", "read", "upload", "media", "download", "other", "any"])),
  /** Webhook side: which webhooks. */
  about: v.optional(v.picklist(["messages", "statuses", "account", "any"])),
  /** Webhook side: only statuses of this name. */
  status: v.optional(v.string()),
  phone_number_id: v.optional(v.string()),
  /** Only the person with this wa_id. */
  wa_id: v.optional(v.string()),
  /** Real milliseconds, not divided by `speed`. */
  ms: v.optional(Milliseconds),
  code: v.optional(v.pipe(v.number(), v.integer())),
  subcode: v.optional(v.pipe(v.number(), v.integer())),
  http_status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599))),
  message: v.optional(v.string()),
  details: v.optional(v.string()),
  /** Errors only: the message is accepted, yet the answer is the error. */
  after_accept: v.optional(v.boolean()),
  /** media_wrong_mime: the Content-Type instead. */
  mime_type: v.optional(v.string()),
  /** media_redirect: where to. */
  location: v.optional(v.string()),
  /** media_truncated: ends as if all were well, with a length that fits. */
  silent: v.optional(v.boolean()),
  /** media_endless: gives up after so many bytes. */
  limit_bytes: v.optional(v.pipe(Natural, v.minValue(1))),
  /** How many webhooks a batch or a reordering gathers. */
  size: v.optional(v.pipe(Natural, v.minValue(2), v.maxValue(1000))),
  /** A batch as several `changes`, as several `entry`s, or merged into one `value`. */
  shape: v.optional(v.picklist(["changes", "entries", "merged"])),
});

/** A fault as it is asked for. */
export type FaultSpec = v.InferOutput<typeof FaultSchema>;

/** The name of a fault. */
export type FaultKind = FaultSpec["kind"];

/** A fault in force. */
export interface Fault extends FaultSpec {
  id: string;
  /** How often it can still strike; undefined = without end. */
  remaining?: number;
  /** How often it has struck. */
  hits: number;
}

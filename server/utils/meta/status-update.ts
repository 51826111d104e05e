import { asList, asObject, asText, storable, type JsonObject } from "./json";
import { readTime } from "./time";
import type { WebhookElement } from "./webhook-elements";

/** What became of a message that was sent. */
export interface StatusUpdate {
  readonly wamid: string;
  readonly status: string;
  readonly occurredAt: Date;
  /** Our own id, which Meta carries back in `biz_opaque_callback_data`. */
  readonly callbackId: string | undefined;
  readonly error: JsonObject | undefined;
  /** Conversation and pricing: ids and classes. */
  readonly detail: JsonObject;
  /** The same for every delivery of the same status. */
  readonly dedupeKey: string;
}

/**
 * Reads one element of `statuses[]`.
 *
 * @returns the status, or the reason why it is none
 */
export function readStatusUpdate(element: WebhookElement, receivedAt: Date): StatusUpdate | string {
  const raw = storable(element.raw);
  const wamid = asText(raw.id);
  const status = asText(raw.status);
  if (!wamid) return "the status names no message";
  if (!status) return "the status has no value";
  const error = readError(raw);
  const { conversation, pricing } = raw;
  return {
    wamid,
    status,
    occurredAt: readTime(raw.timestamp, receivedAt),
    callbackId: asText(raw.biz_opaque_callback_data),
    error,
    detail: { ...(conversation ? { conversation } : {}), ...(pricing ? { pricing } : {}) },
    dedupeKey: [wamid, status, asText(raw.timestamp) ?? "", asText(error?.code) ?? ""].join("|"),
  };
}

// Code and texts by Meta; `error_data` may be a string or absent.
function readError(raw: JsonObject): JsonObject | undefined {
  const first = asList(raw.errors)[0];
  if (first === undefined) return undefined;
  const error = asObject(first);
  const details = asText(asObject(error.error_data).details) ?? asText(error.error_data);
  const code = Number(asText(error.code));
  return {
    ...(Number.isFinite(code) ? { code } : {}),
    title: asText(error.title) ?? asText(error.message) ?? "Meta reported a failure",
    ...(details ? { details } : {}),
  };
}

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
  /** Conversation and pricing: ids and classes, and nothing that names a person. */
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
  return {
    wamid,
    status,
    occurredAt: readTime(raw.timestamp, receivedAt),
    callbackId: asText(raw.biz_opaque_callback_data),
    error,
    detail: readDetail(raw),
    dedupeKey: [wamid, status, asText(raw.timestamp) ?? "", asText(error?.code) ?? ""].join("|"),
  };
}

// By name, key by key: what Meta adds to these objects may name the recipient.
function readDetail(raw: JsonObject): JsonObject {
  const conversation = asObject(raw.conversation);
  const origin = pick(asObject(conversation.origin), "type");
  const told = { ...pick(conversation, "id", "expiration_timestamp"), ...(origin ? { origin } : {}) };
  const pricing = pick(asObject(raw.pricing), "billable", "pricing_model", "type", "category");
  return { ...(Object.keys(told).length > 0 ? { conversation: told } : {}), ...(pricing ? { pricing } : {}) };
}

function pick(from: JsonObject, ...keys: string[]): JsonObject | undefined {
  const pairs = keys.flatMap((key) => {
    const value = typeof from[key] === "boolean" ? from[key] : asText(from[key]);
    return value === undefined ? [] : [[key, value]];
  });
  return pairs.length > 0 ? (Object.fromEntries(pairs) as JsonObject) : undefined;
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

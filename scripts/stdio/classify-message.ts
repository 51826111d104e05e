import { isRecord } from "./is-record";

/** A JSON-RPC id. `1` and `"1"` are two different ids. */
export type RequestId = string | number;

/** A call that wants an answer. */
export interface RequestMessage {
  readonly kind: "request";
  readonly id: RequestId;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** A call that wants no answer. */
export interface NotificationMessage {
  readonly kind: "notification";
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** The answer to a request; `id` is null when the sender could not tell which one. */
export interface ResponseMessage {
  readonly kind: "response";
  readonly id: RequestId | null;
  readonly result?: Record<string, unknown>;
}

/** What the shim needs to know of a message; the message itself travels as the text that it arrived in. */
export type Message = RequestMessage | NotificationMessage | ResponseMessage;

/** Tells requests, notifications and responses apart; `undefined` when the value is no JSON-RPC 2.0 message. */
export function classifyMessage(value: unknown): Message | undefined {
  if (!isRecord(value) || value.jsonrpc !== "2.0") return undefined;
  const params = isRecord(value.params) ? value.params : {};
  if (typeof value.method === "string") {
    if (!("id" in value)) return { kind: "notification", method: value.method, params };
    return isId(value.id) ? { kind: "request", id: value.id, method: value.method, params } : undefined;
  }
  if (!("result" in value) && !("error" in value)) return undefined;
  const id = isId(value.id) ? value.id : null;
  return isRecord(value.result) ? { kind: "response", id, result: value.result } : { kind: "response", id };
}

function isId(value: unknown): value is RequestId {
  return typeof value === "string" || typeof value === "number";
}

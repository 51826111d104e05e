import { classifyMessage, type Message, type RequestId } from "./classify-message";
import type { ServerRequests } from "./create-server-requests";
import type { ToolCatalogue } from "./create-tool-catalogue";
import { isRecord } from "./is-record";
import type { Outgoing } from "./create-outgoing";
import { parseJson } from "./parse-json";

/** Takes the text of what the server sent; `origin` is the request on whose response it came. */
export type Inbox = (text: string, origin?: Outgoing) => Promise<void>;

/** What {@link createInbox} needs. */
export interface InboxOptions {
  readonly pending: Map<RequestId, Outgoing>;
  readonly serverRequests: ServerRequests;
  readonly catalogue: ToolCatalogue;
  write(text: string): Promise<void>;
  log(line: string): void;
}

/**
 * Creates the way from server to host: answers go to whoever waits for them, and only once; everything
 * else goes to the host as it is.
 */
export function createInbox({ pending, serverRequests, catalogue, write, log }: InboxOptions): Inbox {
  const route = async (message: Message, text: string, origin: Outgoing | undefined): Promise<void> => {
    if (message.kind === "response") {
      const request = message.id === null ? origin : pending.get(message.id);
      // A repeated request can be answered twice; the second answer has no reader.
      if (request?.receive === undefined || request.isAnswered)
        return log("Dropped an answer that nobody waits for.");
      request.isAnswered = true;
      return await request.receive(message, message.id === null ? withId(text, request) : text);
    }
    if (message.kind === "request") serverRequests.add(message.id, origin);
    else if (message.method === "notifications/tools/list_changed") catalogue.forget();
    await write(text);
  };

  return async (text, origin) => {
    const parsed = parseJson(text);
    // Protocol versions before 2025-06-18 allow a batch.
    const isBatch = Array.isArray(parsed);
    for (const value of isBatch ? parsed : [parsed]) {
      const message = classifyMessage(value);
      if (message === undefined) log("Dropped something from the server that is not JSON-RPC.");
      else await route(message, isBatch ? JSON.stringify(value) : text, origin);
    }
  };
}

/** An error whose sender could not tell the id belongs to the request on whose response it came. */
function withId(text: string, { message }: Outgoing): string {
  const parsed = parseJson(text);
  return isRecord(parsed) && message.kind === "request"
    ? JSON.stringify({ ...parsed, id: message.id })
    : text;
}

import type { Principal } from "#server/utils/auth/principal";
import type { ModernExchanges } from "#server/utils/mcp/modern/create-modern-exchanges";
import { buildModernRequest, type ModernRequestParts } from "./build-modern-request";
import { readEventStream, type RpcMessage } from "./read-event-stream";

/** How a request ended. */
export interface ModernAnswer extends RpcMessage {
  readonly status: number;
  /** What came before the answer. */
  readonly notifications: readonly RpcMessage[];
}

/** An open `subscriptions/listen`. */
export interface ListenStream {
  /** The addresses that the acknowledgement names. */
  readonly acknowledged: Record<string, unknown>;
  /** Every message after the acknowledgement. */
  readonly heard: readonly RpcMessage[];
  /** The addresses among them that are said to have changed, in their order. */
  heardUris(): string[];
  /** The lists among them that are said to have changed. */
  heardLists(): string[];
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  /** Goes away as a client does. */
  leave(): Promise<void>;
}

export interface ModernClient {
  ask(
    method: string,
    params?: Record<string, unknown>,
    more?: Partial<ModernRequestParts>,
  ): Promise<ModernAnswer>;
  /** Opens a stream; fails the test when it is refused. */
  listen(notifications: Record<string, unknown>, more?: Partial<ModernRequestParts>): Promise<ListenStream>;
}

/** A client of MCP 2026-07-28 with a key, past authentication and without a network. */
export function createModernClient(exchanges: ModernExchanges, principal: Principal): ModernClient {
  let lastId = 0;
  const send = (parts: ModernRequestParts): Promise<Response> =>
    exchanges.handle(buildModernRequest({ id: (lastId += 1), ...parts }), principal);
  return {
    async ask(method, params = {}, more = {}) {
      return readAnswer(await send({ ...more, method, params }));
    },
    async listen(notifications, more = {}) {
      const connection = new AbortController();
      const parts = { connection: connection.signal, ...more, params: { notifications } };
      const response = await send({ ...parts, method: "subscriptions/listen" });
      if (!response.body || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
        throw new Error(`no stream was opened: ${await response.text()}`);
      }
      return followStream(response.body, connection);
    },
  };
}

async function followStream(
  body: ReadableStream<Uint8Array>,
  connection: AbortController,
): Promise<ListenStream> {
  const heard: RpcMessage[] = [];
  const { promise: ended, first } = readFrom(body, heard);
  const { method, params } = await first;
  if (method !== "notifications/subscriptions/acknowledged") throw new Error("nothing was acknowledged");
  return {
    acknowledged: params?.notifications as Record<string, unknown>,
    heard,
    heardUris: () =>
      heard.flatMap(({ method: name, params: told }) =>
        name === "notifications/resources/updated" ? [String(told?.uri)] : [],
      ),
    heardLists: () => heard.flatMap(({ method: name }) => (name?.endsWith("/list_changed") ? [name] : [])),
    ended,
    async leave() {
      connection.abort();
      await ended;
    },
  };
}

function readFrom(body: ReadableStream<Uint8Array>, rest: RpcMessage[]) {
  let promise: Promise<void> = Promise.resolve();
  const first = new Promise<RpcMessage>((resolve, reject) => {
    let hasFirst = false;
    promise = readEventStream(body, (message) => {
      if (hasFirst) rest.push(message);
      else resolve(message);
      hasFirst = true;
    });
    promise.catch(reject);
  });
  return { promise, first };
}

async function readAnswer(response: Response): Promise<ModernAnswer> {
  const { status } = response;
  const notifications: RpcMessage[] = [];
  if (response.headers.get("content-type")?.startsWith("text/event-stream") && response.body) {
    await readEventStream(response.body, (message) => notifications.push(message));
    const answer = notifications.pop();
    return { ...answer, status, notifications };
  }
  const text = await response.text();
  return { ...(text ? (JSON.parse(text) as RpcMessage) : {}), status, notifications };
}

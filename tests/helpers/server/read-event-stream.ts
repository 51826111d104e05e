/** A message of JSON-RPC, as it came over the wire. */
export interface RpcMessage {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** Reads an event stream to its end and passes every message on as it comes. */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  onMessage: (message: RpcMessage) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const events = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = events.pop() ?? "";
    for (const line of events.flatMap((event) => event.split("\n"))) {
      if (line.startsWith("data: ")) onMessage(JSON.parse(line.slice("data: ".length)) as RpcMessage);
    }
  }
}

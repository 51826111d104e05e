/** One block of a server-sent event stream. */
export interface StreamEvent {
  /** Event name; absent means `message`. */
  readonly name?: string;
  /** The block's own id; absent when it has none. */
  readonly id?: string;
  /** The data lines, joined by newlines; absent in a keep-alive. */
  readonly data?: string;
  /** Reconnection time that the server asks for, in milliseconds. */
  readonly retryMs?: number;
}

/**
 * Reads server-sent events from a response body as WHATWG HTML section 9.2 defines them: lines end in CR,
 * LF or CRLF, a block ends with an empty line, an unfinished last block is dropped. A comment line (a
 * keep-alive) comes out at once as an event without any field. Throws what the body throws when it breaks.
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  let block: Block = {};
  for await (const line of readTextLines(body)) {
    if (line.startsWith(":")) {
      yield {};
    } else if (line !== "") {
      addField(block, line);
    } else if (Object.keys(block).length > 0) {
      const { data, ...rest } = block;
      yield data === undefined ? rest : { ...rest, data: data.join("\n") };
      block = {};
    }
  }
}

interface Block {
  name?: string;
  id?: string;
  data?: string[];
  retryMs?: number;
}

function addField(block: Block, line: string): void {
  const colon = line.indexOf(":");
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
  if (field === "data") (block.data ??= []).push(value);
  else if (field === "event") block.name = value;
  else if (field === "id" && !value.includes("\0")) block.id = value;
  else if (field === "retry" && /^\d+$/.test(value)) block.retryMs = Number(value);
}

async function* readTextLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let unfinished: string[] = [];
  let endedInCr = false;
  for await (const bytes of body) {
    let text = decoder.decode(bytes, { stream: true });
    // A CRLF that two chunks share is one line break.
    if (endedInCr && text.startsWith("\n")) text = text.slice(1);
    else if (text === "") continue;
    endedInCr = text.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    const last = lines.pop() ?? "";
    for (const line of lines) {
      yield unfinished.join("") + line;
      unfinished = [];
    }
    if (last !== "") unfinished.push(last);
  }
}

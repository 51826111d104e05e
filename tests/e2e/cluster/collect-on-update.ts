import { until } from "#dev/stack/until";

const READ_TIMEOUT_MS = 20_000;
const PAGE = 100;

/** What both SDKs' clients have in common. */
interface ToolCaller {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
}

/** Reads new messages when it is told to, and only then. */
export interface Collector {
  read(): void;
  /** The texts that it has read so far. */
  heard(): string[];
  close(): Promise<void>;
}

/** Collects messages from now on. What it is not told of, it never sees. */
export async function collectOnUpdate(client: ToolCaller, close: () => Promise<void>): Promise<Collector> {
  const heard: string[] = [];
  let cursor = (await look(client, undefined)).cursor;
  let reading = Promise.resolve();
  const readAll = async (): Promise<void> => {
    for (;;) {
      const page = await look(client, cursor);
      cursor = page.cursor;
      heard.push(...page.messages.flatMap((message) => message.untrusted_text ?? []));
      if (page.messages.length < PAGE) return;
    }
  };
  return {
    read() {
      reading = reading.then(readAll);
    },
    heard: () => [...heard],
    async close() {
      await reading;
      await close();
    },
  };
}

interface Page {
  readonly cursor: string;
  readonly messages: readonly { readonly untrusted_text?: string }[];
}

// A server that was just killed answers nothing; nginx says so with a 502.
async function look(client: ToolCaller, cursor: string | undefined): Promise<Page> {
  return until("an answer", READ_TIMEOUT_MS, async () => {
    const call = {
      name: "wait_for_messages",
      arguments: { timeout_s: 0, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    };
    const { structuredContent } = (await client.callTool(call)) as { structuredContent?: Page };
    return structuredContent?.cursor === undefined ? undefined : structuredContent;
  });
}

import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { callTool } from "#dev/check/call-tool";
import { connectHttp } from "#dev/check/connect-client";
import { until } from "#dev/stack/until";
import type { MessageState } from "#simulator/phone/describe-message";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

export const PERSON = "16505551234";

type Json = Record<string, unknown>;

/** A message as tools show it. */
export interface SeenMessage extends Json {
  readonly id: string;
  readonly wamid: string;
  readonly type: string;
  readonly reply_to: string | null;
  readonly untrusted_content?: Json;
  readonly media?: {
    readonly id: string;
    readonly state: string;
    readonly type: string;
    readonly size: number;
  };
}

/** An agent on one side of a conversation, a person's phone on the other, and the built server between them. */
export interface Chat {
  readonly stack: TestStack;
  readonly client: Client;
  call(tool: string, args: Json): Promise<Json>;
  /** Sends to the person, and gives our id and what arrived on the phone. */
  send(tool: string, args: Json): Promise<{ readonly id: string; readonly arrived: MessageState }>;
  /** What the agent hears when the person has done something, with its file where it has one. */
  hear(done: { readonly wamid: string }): Promise<SeenMessage>;
  close(): Promise<void>;
}

const ARRIVES_WITHIN_MS = 20_000;

/** With the 24-hour window judged on both sides, and open, because the person has written. */
export async function openChat(): Promise<Chat> {
  const stack = await openTestStack({ serverEnv: { SERVICE_WINDOW: "on" } });
  const { phones } = stack;
  const client = await connectHttp(stack);
  const call = (tool: string, args: Json): Promise<Json> => callTool(client, tool, args);
  const chat: Chat = {
    stack,
    client,
    call,
    async send(tool, args) {
      const { message_id: id } = await call(tool, { to: `+${PERSON}`, ...args });
      return { id: String(id), arrived: await findArrival(stack, String(id)) };
    },
    hear: ({ wamid }) =>
      until(`the message of ${wamid}`, ARRIVES_WITHIN_MS, async () => {
        const { messages } = await call("get_messages", { limit: 20 });
        const seen = (messages as SeenMessage[]).find((message) => message.wamid === wamid);
        return seen?.media?.state === "pending" ? undefined : seen;
      }),
    async close() {
      await client.close();
      await stack.stop();
    },
  };
  await phones.putContact({ wa_id: PERSON, name: "Ada" });
  await phones.configure({ window: "sync" });
  await chat.hear(await phones.sendFromPerson(PERSON, { type: "text", text: { body: "Hello?" } }));
  return chat;
}

function findArrival({ phones }: TestStack, id: string): Promise<MessageState> {
  return until(`the arrival of ${id}`, ARRIVES_WITHIN_MS, async () => {
    const { messages } = await phones.arrivals({ biz_opaque_callback_data: id });
    const [arrived, ...more] = messages;
    if (more.length > 0 || (arrived && arrived.arrivals > 1)) throw new Error(`${id} arrived more than once`);
    return arrived;
  });
}

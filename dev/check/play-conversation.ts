import { strict as assert } from "node:assert";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import type { SimulatorControl } from "#simulator/control/simulator-control";
import { until } from "../stack/until";
import { callTool } from "./call-tool";
import { countMessageRows } from "./count-message-rows";
import type { Step } from "./create-reporter";

const PATIENCE_MS = 15_000;
const ADA = "16505551234";

export interface Conversation {
  /** Tells the two passes apart. */
  readonly name: string;
  readonly client: Client;
  readonly phones: SimulatorControl;
  readonly stack: { readonly databaseUrl: string };
  readonly step: Step;
  /** How long a notification may take. */
  readonly notifiedWithinMs: number;
}

/** One message out, its ticks, and the answer back. */
export async function playConversation(play: Conversation): Promise<void> {
  const { name, client, phones, step } = play;
  const sentText = `Hello from the ${name} check`;
  const openingText = `Hello, is this the ${name} check?`;
  const answerText = `Hi, this is Ada, over ${name}`;
  await step(`${name}: tools/list`, async () => {
    const names = new Set((await client.listTools()).tools.map((tool) => tool.name));
    for (const tool of ["send_message", "get_message_status", "wait_for_messages", "get_messages"]) {
      assert.ok(names.has(tool), `${tool} is not listed`);
    }
  });
  await phones.putContact({ wa_id: ADA, name: "Ada" });
  await phones.setChatOpen(ADA, false);
  await step(`${name}: the person writes first, which opens the window`, async () => {
    const { cursor } = await callTool(client, "wait_for_messages", { timeout_s: 0 });
    await phones.sendFromPerson(ADA, { type: "text", text: { body: openingText } });
    const heard = await callTool(client, "wait_for_messages", { cursor, timeout_s: 15 });
    assert.ok(texts(heard.messages).includes(openingText), "the message is not there");
  });
  const sent = await step(`${name}: send_message`, () =>
    callTool(client, "send_message", { to: `+${ADA}`, body: sentText }),
  );
  const messageId = String(sent.message_id);
  await step(`${name}: the message shows on the phone`, () =>
    until("the message on the phone", PATIENCE_MS, async () => {
      const { messages } = await phones.arrivals({ biz_opaque_callback_data: messageId });
      return messages.some((message) => message.text === sentText) ? true : undefined;
    }),
  );
  await step(`${name}: status sent`, () => untilStatus(client, messageId, "sent"));
  await step(`${name}: status delivered`, () => untilStatus(client, messageId, "delivered"));
  await phones.setChatOpen(ADA, true);
  await step(`${name}: status read`, () => untilStatus(client, messageId, "read"));
  await playAnswer(play, String(sent.conversation_id), sentText, answerText);
}

async function playAnswer(
  { name, client, phones, stack, step, notifiedWithinMs }: Conversation,
  conversationId: string,
  sentText: string,
  answerText: string,
): Promise<void> {
  const uri = `wamcp://conversations/${conversationId}`;
  await client.subscribeResource({ uri });
  const updated = new Promise<void>((resolve) => {
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      if (params.uri === uri) resolve();
    });
  });
  await step(`${name}: the person answers, resources/updated within ${notifiedWithinMs} ms`, async () => {
    const startedMs = performance.now();
    await phones.sendFromPerson(ADA, { type: "text", text: { body: answerText } });
    await updated;
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < notifiedWithinMs, `it took ${tookMs.toFixed(0)} ms`);
  });
  await step(`${name}: wait_for_messages returns the answer`, async () => {
    const { messages } = await callTool(client, "wait_for_messages", { timeout_s: 15 });
    assert.ok(texts(messages).includes(answerText), "the answer is not among the messages");
  });
  await step(`${name}: get_messages pages through both`, async () => {
    const first = await callTool(client, "get_messages", { conversation_id: conversationId, limit: 1 });
    const cursor = first.next_cursor;
    const second = await callTool(client, "get_messages", {
      conversation_id: conversationId,
      limit: 1,
      cursor,
    });
    assert.deepEqual([...texts(first.messages), ...texts(second.messages)], [answerText, sentText]);
  });
  await step(`${name}: both are rows in messages`, async () => {
    assert.equal(await countMessageRows(stack.databaseUrl, [sentText, answerText]), 2);
  });
}

async function untilStatus(client: Client, messageId: string, status: string): Promise<void> {
  await until(`status ${status}`, PATIENCE_MS, async () => {
    const { history } = await callTool(client, "get_message_status", { message_id: messageId });
    const seen = (history as { status: string }[]).map((event) => event.status);
    return seen.includes(status) ? true : undefined;
  });
}

function texts(messages: unknown): unknown[] {
  return (messages as Record<string, unknown>[]).map((message) => message.untrusted_text ?? message.body);
}

import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectHttp } from "#dev/check/connect-client";
import type { FaultSpec } from "#simulator/faults/fault";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

const PERSON = "16505551234";
let stack: TestStack;
let client: Client;
beforeAll(async () => {
  stack = await openTestStack({ serverEnv: { SEND_TIMEOUT_MS: "1000", SETTLE_AFTER_MS: "1000" } });
  client = await connectHttp(stack);
});
afterAll(async () => {
  await client?.close();
  await stack?.stop();
});
beforeEach(async () => {
  await stack.phones.removeFaults();
});

async function send(body: string): Promise<string> {
  const sent = await callTool(client, "send_message", { to: `+${PERSON}`, body });
  return String(sent.message_id);
}

const statusOf = async (messageId: string): Promise<unknown> =>
  (await callTool(client, "get_message_status", { message_id: messageId })).status;

/** Waits for a message to have arrived once, while people go on writing: webhooks flow. */
async function expectOneArrival(messageId: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await stack.phones.sendFromPerson(PERSON, { type: "text", text: { body: "still there" } });
      expect(await statusOf(messageId)).toBe("delivered");
    },
    { timeout: 30_000, interval: 200 },
  );
  const { by_biz_opaque_callback_data: counts } = await stack.phones.arrivals({
    biz_opaque_callback_data: messageId,
  });
  expect(counts).toEqual({ [messageId]: 1 });
}

describe("a send while Graph is in trouble arrives once", () => {
  it.each([
    ["answers HTML", { kind: "http_502_html", count: 1 }],
    ["resets before it accepts", { kind: "reset_before_accept", count: 1 }],
    ["accepts and drops the answer", { kind: "drop_response_after_accept", count: 1 }],
    ["accepts and never answers", { kind: "accept_and_hang", count: 1, ms: 5000 }],
    ["is slow", { kind: "slow_response", count: 1, ms: 600 }],
    ["is over its throughput", { kind: "graph_error", count: 2, code: 130429 }],
    ["reports a status before it answers", { kind: "status_before_response", count: 1 }],
  ] satisfies [string, FaultSpec][])("when it %s", async (what, fault) => {
    await stack.phones.addFault(fault);
    await expectOneArrival(await send(`trouble: ${what}`));
  });

  it("when it is down and comes back", async () => {
    await stack.simulator.kill();
    const messageId = await send("trouble: down");
    // It is started again and knows nothing of before: this message was never there.
    await expectOneArrival(messageId);
  });

  it("keeps the order of a conversation across retries", async () => {
    await stack.phones.addFault({ kind: "graph_error", count: 2, code: 130429 });
    const ids: string[] = [];
    for (let number = 0; number < 10; number += 1) ids.push(await send(`in order ${number}`));
    for (const id of ids) await expectOneArrival(id);
    const { messages } = await stack.phones.arrivals({});
    const arrived = messages
      .map((message) => message.biz_opaque_callback_data)
      .filter((id) => ids.includes(String(id)));
    expect(arrived).toEqual(ids);
  });

  it("fails for good when Meta refuses it for good, with Meta's code", async () => {
    await stack.phones.addFault({ kind: "graph_error", count: 1, code: 131008 });
    const messageId = await send("refused");
    await vi.waitFor(async () => expect(await statusOf(messageId)).toBe("failed"), 15_000);
    const { history } = await callTool(client, "get_message_status", { message_id: messageId });
    expect(JSON.stringify(history)).toContain("131008");
  });
});

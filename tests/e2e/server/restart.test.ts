import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectStdio } from "#dev/check/connect-client";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

const PERSON = "16505551234";
// What the kill struck is taken up again: events that were being handed over after 30 s; an attempt that was being made after
// SEND_TIMEOUT_MS, 10 s and SETTLE_AFTER_MS of silence, which means something only while people go on writing.
const SERVER_ENV = { SEND_TIMEOUT_MS: "5000", SETTLE_AFTER_MS: "10000" };
const OUTLAST_CLAIM = { timeout: 90_000, interval: 200 };
const TIMEOUT_MS = 240_000;

let stack: TestStack;
let client: Client;
beforeAll(async () => {
  stack = await openTestStack({ serverEnv: SERVER_ENV });
  client = await connectStdio(stack, stack.shimFile);
});
afterAll(async () => {
  await client?.close();
  await stack?.stop();
});

describe("an agent behind the shim, while the server is killed and comes back", () => {
  it(
    "has its call answered after the restart, hears pushes again, and sends nothing twice",
    async () => {
      const updated = vi.fn<(uri: string) => void>();
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => updated(params.uri));
      await client.subscribeResource({ uri: "wamcp://inbox" });
      await callTool(client, "send_message", { to: `+${PERSON}`, body: "before" });

      await stack.server.kill();
      const args = { to: `+${PERSON}`, body: "during", idempotency_key: "during" };
      const sent = await callTool(client, "send_message", args);
      // When the kill struck while the first one was being sent, the second waits until that attempt has expired.
      await vi.waitFor(async () => {
        const { status } = await callTool(client, "get_message_status", { message_id: sent.message_id });
        expect(status).toBe("delivered");
      }, OUTLAST_CLAIM);

      updated.mockClear();
      await stack.phones.sendFromPerson(PERSON, { type: "text", text: { body: "after" } });
      await vi.waitFor(() => expect(updated).toHaveBeenCalledWith("wamcp://inbox"), 10_000);
      await vi.waitFor(async () => {
        await stack.phones.sendFromPerson(PERSON, { type: "text", text: { body: "still there" } });
        const { doubled, total } = await stack.phones.arrivals({});
        expect({ doubled, total }).toEqual({ doubled: [], total: 2 });
      }, OUTLAST_CLAIM);
    },
    TIMEOUT_MS,
  );
});

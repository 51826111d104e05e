import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectStdio } from "#dev/check/connect-client";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

// SEND_TIMEOUT_MS and 10 s, and then the time that the sweep takes to notice.
const OUTLAST_CLAIM_MS = 90_000;
const TIMEOUT_MS = 150_000;

let stack: TestStack;
let client: Client;
beforeAll(async () => {
  stack = await openTestStack();
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
      await callTool(client, "send_message", { to: "+16505551234", body: "before" });

      await stack.server.kill();
      const args = { to: "+16505551234", body: "during", idempotency_key: "during" };
      const sent = await callTool(client, "send_message", args);
      // When the kill struck while the first one was being sent, the second waits until that attempt has expired.
      await vi.waitFor(async () => {
        const { status } = await callTool(client, "get_message_status", { message_id: sent.message_id });
        expect(status).toBe("delivered");
      }, OUTLAST_CLAIM_MS);

      updated.mockClear();
      await stack.phones.sendFromPerson("16505551234", { type: "text", text: { body: "after" } });
      await vi.waitFor(() => expect(updated).toHaveBeenCalledWith("wamcp://inbox"), 10_000);
      const { doubled, total } = await stack.phones.arrivals({});
      expect({ doubled, total }).toEqual({ doubled: [], total: 2 });
    },
    TIMEOUT_MS,
  );
});

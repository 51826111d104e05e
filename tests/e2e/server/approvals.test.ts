import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectHttp, connectStdio, type Answer } from "#dev/check/connect-client";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

const PERSON = "16505551234";

let stack: TestStack;
let sql: Sql;
beforeAll(async () => {
  stack = await openTestStack({ serverEnv: { APPROVAL_TIMEOUT_MS: "3600000" } });
  sql = postgres(stack.databaseUrl, { max: 1 });
  await sql`update grants set confirm_policy = 'always'`;
});
afterAll(async () => {
  await sql?.end({ timeout: 5 });
  await stack?.stop();
});

const connections = {
  http: (answer?: Answer) => connectHttp(stack, answer),
  stdio: (answer?: Answer) => connectStdio(stack, stack.shimFile, answer),
};

const arrivalsOf = async (messageId: unknown): Promise<number> =>
  (await stack.phones.arrivals({})).by_biz_opaque_callback_data[String(messageId)] ?? 0;

describe.each(["http", "stdio"] as const)("a send that needs a person's word, over %s", (transport) => {
  it("asks the person through the client, and leaves when he accepts", async () => {
    const questions: string[] = [];
    const client = await connections[transport]((question) => {
      questions.push(question);
      return "accept";
    });
    const sent = await callTool(client, "send_message", { to: `+${PERSON}`, body: "shall I?" });
    expect(sent.status).toBe("queued");
    expect(questions).toEqual([expect.stringContaining("shall I?")]);
    await vi.waitFor(async () => expect(await arrivalsOf(sent.message_id)).toBe(1), 20_000);
    await client.close();
  });

  it("does not leave when he declines", async () => {
    const client = await connections[transport](() => "decline");
    const sent = await callTool(client, "send_message", { to: `+${PERSON}`, body: "shall I?" });
    expect(sent.status).toBe("cancelled");
    expect(await arrivalsOf(sent.message_id)).toBe(0);
    await client.close();
  });

  it("waits for the owner when the client cannot ask, and expires when nobody answers", async () => {
    const client = await connections[transport]();
    const sent = await callTool(client, "send_message", { to: `+${PERSON}`, body: "shall I?" });
    expect(sent).toMatchObject({ status: "held", approval: { id: expect.any(String) } });
    const { id } = sent.approval as { id: string };
    // As if the hour that it is given were over.
    await sql`update approvals set expires_at = expires_at - interval '1 hour' where id = ${id}`;
    await vi.waitFor(async () => {
      const { status } = await callTool(client, "get_message_status", { message_id: sent.message_id });
      expect(status).toBe("expired");
    }, 30_000);
    expect(await arrivalsOf(sent.message_id)).toBe(0);
    await client.close();
  });
});

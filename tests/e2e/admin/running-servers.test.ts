import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectHttp } from "#dev/check/connect-client";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { openAdminDesk, type AdminDesk } from "./open-admin-desk";

const PERSON = "16505551234";

let stack: TestStack;
let desk: AdminDesk;
beforeAll(async () => {
  // Two, since what an admin says must reach all of them.
  stack = await openTestStack({ servers: 2 });
  desk = await openAdminDesk({ url: stack.databaseUrl, pepper: stack.secrets.pepper });
});
afterAll(async () => {
  await desk?.close();
  await stack?.stop();
});

/** Runs a command that must succeed; returns its stderr, where keys are shown. */
async function admin(...args: string[]): Promise<string> {
  const { stderr, code } = await desk.run(args);
  expect(code).toBe(0);
  return stderr;
}

const tokenIn = (stderr: string): string => /wamcp_live_[0-9A-Za-z]{40}/.exec(stderr)?.[0] ?? "";

/** What each server answers to a new session that lists its numbers: the status of a refusal, or what it sees. */
async function ask(token: string): Promise<unknown[]> {
  return Promise.all(stack.origins.map((origin) => askOne(`${origin}/mcp`, token)));
}

async function askOne(url: string, token: string): Promise<unknown> {
  const post = (method: string, params: Record<string, unknown>, session?: string | null) =>
    fetch(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        ...(session ? { "mcp-session-id": session } : {}),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
  const clientInfo = { name: "test", version: "1" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const opened = await post("initialize", params);
  await opened.text();
  if (!opened.ok) return opened.status;
  const call = { name: "list_numbers", arguments: {} };
  const answer = await post("tools/call", call, opened.headers.get("mcp-session-id"));
  const text = await answer.text();
  if (!answer.ok) return answer.status;
  return text.includes("106540352242922") ? "a number" : "no number";
}

describe("what the program does while servers run", () => {
  const number = "106540352242922";
  let token: string;

  it("makes a key that all of them know", async () => {
    await admin("clients", "create", "booking-agent");
    await admin("grants", "add", "booking-agent", number);
    token = tokenIn(await admin("keys", "mint", "booking-agent", "--label", "agent"));
    expect(await ask(token)).toEqual(["a number", "a number"]);
  });

  it("takes a number away, and gives it back", async () => {
    await admin("grants", "revoke", "booking-agent", number);
    await expect.poll(() => ask(token), { timeout: 5_000 }).toEqual(["no number", "no number"]);
    await admin("grants", "add", "booking-agent", number);
    await expect.poll(() => ask(token), { timeout: 5_000 }).toEqual(["a number", "a number"]);
  });

  it("disables a client, and enables it", async () => {
    await admin("clients", "disable", "booking-agent");
    await expect.poll(() => ask(token), { timeout: 5_000 }).toEqual([401, 401]);
    await admin("clients", "enable", "booking-agent");
    await expect.poll(() => ask(token), { timeout: 5_000 }).toEqual(["a number", "a number"]);
  });

  it("rotates a key: both work, and then the new one alone", async () => {
    const next = tokenIn(await admin("keys", "rotate", token.slice(0, 19)));
    expect(await ask(token)).toEqual(["a number", "a number"]);
    expect(await ask(next)).toEqual(["a number", "a number"]);
    await admin("keys", "revoke", token.slice(0, 19));
    await expect.poll(() => ask(token), { timeout: 5_000 }).toEqual([401, 401]);
    expect(await ask(next)).toEqual(["a number", "a number"]);
  });
});

describe("a send that waits for the owner's word", () => {
  it("is shown whole, and leaves once it is approved", async () => {
    await admin("grants", "set", "owner", "106540352242922", "--confirm", "always");
    await stack.phones.sendFromPerson(PERSON, { type: "text", text: { body: "Is there a table?" } });
    const client = await connectHttp(stack);
    const args = { to: `+${PERSON}`, idempotency_key: "once", body: "For eight.\nSee you\u202E then." };
    await expect
      .poll(
        async () => (await client.callTool({ name: "send_message", arguments: args })).structuredContent,
        {
          timeout: 10_000,
        },
      )
      .toMatchObject({ status: "held" });
    await client.close();

    const { stdout } = await desk.run(["approvals", "list"]);
    expect(stdout).toContain("  | For eight.\n  | See you\\u{202e} then.\n");
    const [approval] = JSON.parse((await desk.run(["approvals", "list", "--json"])).stdout) as {
      id: string;
    }[];
    await admin("approvals", "approve", approval?.id ?? "");
    await expect
      .poll(async () => JSON.stringify(await stack.phones.listMessages(PERSON)), { timeout: 10_000 })
      .toContain("For eight.");
  });
});

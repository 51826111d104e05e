import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRoundTrip } from "#dev/check/check-round-trip";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

// More than the promised second: other tests run beside this one.
const NOTIFIED_WITHIN_MS = 10_000;

let stack: TestStack;
beforeAll(async () => {
  stack = await openTestStack({ inngestKeys: { eventKey: "an-event-key", signingKey: "5ec5e7".repeat(10) } });
});
afterAll(() => stack?.stop());

describe("with Inngest's keys, as in production", () => {
  it("plays the round trip", async () => {
    const lines: string[] = [];
    const holds = await checkRoundTrip(stack, stack.shimFile, (line) => lines.push(line), NOTIFIED_WITHIN_MS);
    expect(holds, lines.join("\n")).toBe(true);
    expect(stack.lines.filter((line) => /signature/i.test(line))).toEqual([]);
  });

  it("carries out nothing that is not signed", async () => {
    const url = `${stack.origin}/api/inngest?fnId=wamcp-send-message&stepId=step`;
    const body = JSON.stringify({ event: { name: "wa/message.queued", data: {} }, steps: {}, ctx: {} });
    const unsigned = await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(unsigned.status).toBe(401);
  });

  it.each([{}, { "x-inngest-signature": "t=1&s=1" }])(
    "registers its functions for nobody but who has the key: %j",
    async (headers) => {
      const before = stack.lines.length;
      const answer = await fetch(`${stack.origin}/api/inngest`, { method: "PUT", headers });
      expect(answer.status).toBe(401);
      expect(stack.lines.slice(before).filter((line) => /regist/i.test(line))).toEqual([]);
    },
  );

  it("takes no more than 5 MB of a body before it looks at the signature", async () => {
    const answer = await fetch(`${stack.origin}/api/inngest?fnId=x&stepId=step`, {
      method: "POST",
      headers: { "x-inngest-signature": "t=1&s=1" },
      body: Buffer.alloc(5 * 1024 * 1024 + 1, 0x20),
    });
    expect(answer.status).toBe(413);
  });
});

import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { driveLoad, type Load } from "./drive-load";

const STOP_LIMIT_MS = 10_000;
const SETTLE_TIMEOUT_MS = 120_000;
const IN_FLIGHT = 5;

describe("a server that is told to stop under load", () => {
  let stack: TestStack;
  let load: Load;
  beforeAll(async () => {
    stack = await openTestStack();
  });
  afterAll(async () => {
    await load?.stop();
    await stack?.stop();
  });

  it("is gone within 10 s, and all that it accepted is done, once", { timeout: 240_000 }, async () => {
    const { mcpUrl, apiKey, webhookUrl, secrets } = stack;
    load = await driveLoad({ address: { mcpUrl, apiKey, fetch }, webhookUrl, appSecret: secrets.appSecret });
    await vi.waitFor(() => expect(load.sent.length).toBeGreaterThan(5), SETTLE_TIMEOUT_MS);
    expect(load.failures).toEqual([]);
    // Meta has these sends, and has not answered.
    await stack.phones.addFault({ kind: "slow_response", ms: 2_500, count: IN_FLIGHT });
    await vi.waitFor(async () => {
      const [fault] = await stack.phones.listFaults();
      expect(fault?.hits ?? IN_FLIGHT).toBeGreaterThanOrEqual(2);
    }, SETTLE_TIMEOUT_MS);

    const begun = performance.now();
    await stack.server.terminate();
    const tookMs = performance.now() - begun;
    expect(tookMs).toBeLessThan(STOP_LIMIT_MS);
    await vi.waitFor(
      () => expect(stack.lines).toContainEqual(expect.stringMatching(/^server ended \(code 0\)/)),
      SETTLE_TIMEOUT_MS,
    );
    await vi.waitFor(
      async () => expect((await fetch(`${stack.origin}/ready`)).ok).toBe(true),
      SETTLE_TIMEOUT_MS,
    );
    await load.stop();

    const { sent, tried, written } = load;
    process.stderr.write(
      `SIGTERM: ${JSON.stringify({ tookMs: Math.round(tookMs), sent: sent.length, written: written.length, cut: load.failures.length })}\n`,
    );
    await vi.waitFor(async () => {
      const { messages, doubled } = await stack.phones.arrivals({});
      const arrived = messages.map((message) => String(message.text));
      expect(doubled).toEqual([]);
      expect(new Set(arrived).size).toBe(arrived.length);
      // What was not answered may have been accepted, but then once.
      expect(arrived).toEqual(expect.arrayContaining(sent));
      expect(tried).toEqual(expect.arrayContaining(arrived));
    }, SETTLE_TIMEOUT_MS);

    const sql = postgres(stack.databaseUrl, { max: 1 });
    try {
      await vi.waitFor(async () => {
        const rows = await sql`select text from messages where direction = 'inbound'`;
        const handled = rows.map(({ text }) => String(text));
        expect(new Set(handled).size).toBe(handled.length);
        expect(handled).toEqual(expect.arrayContaining(written));
        const open = await sql`
          select id, status from messages
          where direction = 'outbound' and status in ('queued', 'sending', 'uncertain', 'unknown', 'failed')`;
        expect(open).toHaveLength(0);
      }, SETTLE_TIMEOUT_MS);
    } finally {
      await sql.end({ timeout: 5 });
    }
  });
});

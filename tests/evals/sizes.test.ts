import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";
import { judgeAnswer } from "./judge/judge-answer";

const PERSON = "16505551234";
const MEGABYTE = 1_000_000;

let ctx: TestContext;
let tenants: Tenants;
const received: string[] = [];

const receive = async (message: Json): Promise<void> => {
  const id = `wamid.size-${received.length}`;
  received.push(id);
  await receiveWebhook(
    ctx,
    webhookBody("101", { messages: [{ ...message, id, from: PERSON, timestamp: "1" }] }),
  );
};
const receiveText = (body: string): Promise<void> => receive(textFrom(PERSON, "", body, ctx.clock.now()));

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  for (let index = 0; index < 120; index += 1) await receiveText(`short ${index}`);
  for (const sign of ["w", '"', "\u1019", "\u{1f468}\u200d", "\u200b"])
    await receiveText(sign.repeat(100_000));
  await receiveText("x".repeat(3 * MEGABYTE));
  const vcard = `BEGIN:VCARD\nPHOTO:${"A".repeat(100_000)}\nEND:VCARD`;
  await receive({
    type: "contacts",
    contacts: Array.from({ length: 20 }, () => ({ vcard, birthday: "b".repeat(9_000) })),
  });
  await receive({
    type: "document",
    document: { filename: `${"f".repeat(MEGABYTE)}.pdf`, caption: "c".repeat(MEGABYTE) },
  });
  const product_items = Array.from({ length: 500 }, () => ({
    product_retailer_id: "p".repeat(90),
    quantity: 1,
  }));
  await receive({ type: "order", order: { catalog_id: "c", text: "t".repeat(20_000), product_items } });
  const response_json = JSON.stringify({ flow_token: "t", answers: "a".repeat(200_000) });
  await receive({
    type: "interactive",
    interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json } },
  });
}, 60_000);

afterAll(() => ctx?.close());

/** Everything that a tool gives, page by page. */
async function readToEnd(name: string, args: Json, next: (answer: Json) => unknown): Promise<Json[]> {
  const found: Json[] = [];
  for (let cursor: unknown; ;) {
    const { structuredContent, isError } = await callAs(
      ctx,
      tenants.ann,
      name,
      cursor ? { ...args, cursor } : args,
    );
    expect([isError, judgeAnswer(structuredContent)]).toEqual([false, []]);
    found.push(...(structuredContent.messages as Json[]));
    cursor = next(structuredContent);
    if (!cursor || found.length > 1_000) return found;
  }
}

const wamidsOf = (messages: readonly Json[]): unknown[] => messages.map(({ wamid }) => wamid);

describe("whatever people send", () => {
  it.each([1, 20, 100])(
    "get_messages gives all of it in answers that a host takes, %i at a time",
    async (limit) => {
      const found = await readToEnd("get_messages", { limit }, ({ next_cursor: next }) => next);
      expect(wamidsOf(found)).toEqual(received.toReversed());
    },
  );

  it.each([7, 100])(
    "wait_for_messages gives each once, and says when there is more, %i at a time",
    async (limit) => {
      const args = { timeout_s: 0, limit };
      const found = await readToEnd("wait_for_messages", args, ({ messages, more, cursor }) =>
        more || (messages as Json[]).length === limit ? cursor : undefined,
      );
      expect(wamidsOf(found)).toEqual(received);
    },
  );

  it("what is cut says so, and what is whole does not", async () => {
    const found = await readToEnd("get_messages", { limit: 100 }, ({ next_cursor: next }) => next);
    const isCut = found.toReversed().map(({ truncated }) => truncated === true);
    expect(isCut.slice(0, 120)).toEqual(Array.from({ length: 120 }, () => false));
    expect(isCut.slice(120)).toEqual(Array.from({ length: received.length - 120 }, () => true));
    const texts = found
      .toReversed()
      .slice(120)
      .map(({ untrusted_text: text }) => String(text ?? ""));
    expect(texts[0]).toBe("w".repeat(16_000));
    expect(texts[1]).toBe('"'.repeat(8_000));
    expect(texts[2]).toBe("\u1019".repeat(5_333));
    expect(texts[5]).toBe("x".repeat(16_000));
  });

  it("every resource is within it", async () => {
    const page = await callAs(ctx, tenants.ann, "get_messages", { phone_number_id: "101", limit: 20 });
    expect(judgeAnswer(page.structuredContent)).toEqual([]);
  });
});

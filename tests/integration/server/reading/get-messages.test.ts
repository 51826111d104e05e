import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const OTHER_PERSON = "16505551235";
const COUNT = 105;

interface View {
  id: string;
  direction: string;
  at: string;
  conversation_id: string;
  contact_id: string;
  phone_number_id: string;
  body?: string;
  untrusted_text?: string;
}

interface Page {
  messages: View[];
  next_cursor: string | null;
}

let ctx: TestContext;
let tenants: Tenants;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  for (let index = 0; index < COUNT; index += 1) {
    ctx.clock.advance(1_000);
    const text = `text ${index}`;
    const to = `+${PERSON}`;
    if (index % 3 === 0) await sendAs(ctx, tenants.ann, { to, body: text, phone_number_id: "101" });
    else await receive("101", PERSON, `wamid.${index}`, text);
  }
  ctx.clock.advance(1_000);
  await receive("103", OTHER_PERSON, "wamid.owner", "for the owner");
  await sendAs(ctx, tenants.ann, { to: "+16505551236", body: "by ann", phone_number_id: "103" });
  await sendAs(ctx, tenants.bob, { to: "+16505551237", body: "by bob", phone_number_id: "103" });
});

afterAll(() => ctx.close());

const receive = (number: string, person: string, wamid: string, body: string) =>
  receiveWebhook(ctx, webhookBody(number, { messages: [textFrom(person, wamid, body, ctx.clock.now())] }));

async function read(
  args: Record<string, unknown>,
  tenant: Pick<Tenant, "principal"> = tenants.ann,
): Promise<Page> {
  const answer = await callAs(ctx, tenant, "get_messages", args);
  if (answer.isError) throw new Error(errorOf(answer).message);
  return answer.structuredContent as unknown as Page;
}

const refusal = async (args: Record<string, unknown>, tenant: Pick<Tenant, "principal"> = tenants.ann) =>
  errorOf(await callAs(ctx, tenant, "get_messages", args));

async function readAll(args: Record<string, unknown>): Promise<View[]> {
  const found: View[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await read(cursor === null ? args : { ...args, cursor });
    found.push(...page.messages);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

const textOf = ({ body, untrusted_text }: View): string | undefined => body ?? untrusted_text;

describe("get_messages", () => {
  it("gives the newest first, both directions, and a way to the older ones", async () => {
    const page = await read({ phone_number_id: "101", limit: 4 });
    expect(page.messages.map(textOf)).toEqual(["text 104", "text 103", "text 102", "text 101"]);
    expect(page.messages.map(({ direction }) => direction)).toEqual([
      "inbound",
      "inbound",
      "outbound",
      "inbound",
    ]);
    expect(page.next_cursor).toBe(page.messages.at(-1)?.id);
  });

  it.each([1, 7, 20, 100])("pages of %i give the same as one big read", async (limit) => {
    const all = await readAll({ phone_number_id: "101", limit });
    expect(all.map(textOf)).toEqual(Array.from({ length: COUNT }, (_, index) => `text ${COUNT - 1 - index}`));
  });

  it("has no next page after a last one that is full", async () => {
    const page = await read({
      conversation_id: (await read({ phone_number_id: "103" })).messages[0]?.conversation_id,
      limit: 1,
    });
    expect(page).toMatchObject({ messages: [{ body: "by ann" }], next_cursor: null });
  });

  it("filters by direction, contact, conversation, time and number", async () => {
    const outbound = await readAll({ phone_number_id: "101", direction: "outbound", limit: 100 });
    expect(outbound).toHaveLength(Math.ceil(COUNT / 3));
    const [newest] = (await read({ phone_number_id: "101" })).messages;
    const { conversation_id, contact_id } = newest ?? {};
    for (const contact of [`+1 (650) 555-1234`, PERSON, contact_id]) {
      expect(await readAll({ contact, limit: 100 })).toHaveLength(COUNT);
    }
    expect(await readAll({ conversation_id, limit: 100 })).toHaveLength(COUNT);
    const { at } = (await read({ phone_number_id: "101", limit: 10 })).messages.at(-1) ?? {};
    expect(await readAll({ phone_number_id: "101", since: at })).toHaveLength(10);
    expect((await read({ phone_number_id: "103" })).messages.map(textOf)).toEqual(["by ann"]);
  });

  it("shows each client its own conversations of a shared number, and the owner all", async () => {
    const seenBy = async (tenant: Tenant) =>
      (await read({ phone_number_id: "103" }, tenant)).messages.map(textOf).toSorted();
    expect(await seenBy(tenants.ann)).toEqual(["by ann"]);
    expect(await seenBy(tenants.bob)).toEqual(["by bob"]);
    expect(await seenBy(tenants.owner)).toEqual(["by ann", "by bob", "for the owner"]);
  });

  it("finds no conversation, contact or number of another client", async () => {
    const theirs = (await read({ phone_number_id: "103" }, tenants.bob)).messages[0];
    const conversation_id = theirs?.conversation_id;
    expect(await refusal({ conversation_id })).toMatchObject({
      code: "not_found",
      details: { field: "conversation_id" },
    });
    for (const contact of [theirs?.contact_id, "+16505551237", OTHER_PERSON, "+16505550000"]) {
      expect(await refusal({ contact })).toMatchObject({ code: "not_found", details: { field: "contact" } });
    }
    expect(await refusal({ phone_number_id: "102" })).toMatchObject({ code: "not_found" });
  });

  it("gives nothing away through the cursor of another client", async () => {
    const theirs = (await read({ phone_number_id: "103" }, tenants.bob)).messages[0];
    const page = await read({ cursor: theirs?.id, limit: 100 });
    expect(page.messages.map(({ phone_number_id }) => phone_number_id)).not.toContain("102");
    expect(page.messages.map(textOf)).not.toContain("by bob");
  });

  it("shows a key that is scoped to one number nothing of the others", async () => {
    const scoped = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:103"]);
    expect((await readAllAs(scoped)).map(textOf)).toEqual(["by ann"]);
    const conversation_id = (await read({ phone_number_id: "101" })).messages[0]?.conversation_id;
    expect(await refusal({ conversation_id }, scoped)).toMatchObject({ code: "not_found" });
    expect(await refusal({ phone_number_id: "101" }, scoped)).toMatchObject({ code: "not_found" });
    const none = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages"]);
    expect(await read({}, none)).toMatchObject({ messages: [], next_cursor: null });
  });

  it("cuts a page, and a message, so that a host takes the answer, and never below one message", async () => {
    for (let index = 0; index < 4; index += 1) {
      ctx.clock.advance(1_000);
      await receive("102", PERSON, `wamid.long-${index}`, `${index}`.repeat(9_000));
    }
    await receive("102", PERSON, "wamid.huge", "x".repeat(60_000));
    const lengths: number[][] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await read({ phone_number_id: "102", ...(cursor ? { cursor } : {}) }, tenants.bob);
      lengths.push(page.messages.map((message) => textOf(message)?.length ?? 0));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(lengths).toEqual([[16_000], [9_000, 9_000], [9_000, 9_000]]);
  });
});

async function readAllAs(tenant: Pick<Tenant, "principal">): Promise<View[]> {
  return (await read({ limit: 100 }, tenant)).messages;
}

describe("get_message_status", () => {
  const readStatus = (message_id: string, tenant: Pick<Tenant, "principal"> = tenants.ann) =>
    callAs(ctx, tenant, "get_message_status", { message_id });

  it("tells where a message stands and how it came there, with the errors on the way", async () => {
    const sent = await sendAs(ctx, tenants.ann, { to: "+16505551240", phone_number_id: "101" });
    await ctx.sql`update outbox set sent_at = now() where data ->> 'message_id' <> ${sent.message_id}`;
    ctx.graph.plan(failing("retry", 130429));
    await deliverEvents(ctx);
    const retriedAt = ctx.clock.now();
    ctx.clock.advance(1_000);
    await deliverEvents(ctx);
    const { structuredContent } = await readStatus(sent.message_id);
    expect(structuredContent).toMatchObject({
      status: "accepted",
      history: [
        { status: "queued" },
        { status: "sending" },
        { status: "queued", at: retriedAt.toISOString(), error: { code: 130429 } },
        { status: "sending" },
        { status: "accepted", at: ctx.clock.now().toISOString() },
      ],
    });
  });

  it("finds no message of another client, of a number outside the key's scope, or of nobody", async () => {
    const sent = await sendAs(ctx, tenants.ann, { to: "+16505551241", phone_number_id: "101" });
    const scoped = await mintKey(ctx, tenants.ann.clientId, ["tools:get_message_status", "numbers:103"]);
    const none = await mintKey(ctx, tenants.ann.clientId, ["tools:get_message_status"]);
    for (const tenant of [tenants.bob, scoped, none]) {
      expect(errorOf(await readStatus(sent.message_id, tenant)).code).toBe("not_found");
    }
    expect(errorOf(await readStatus(crypto.randomUUID())).code).toBe("not_found");
    expect((await readStatus(sent.message_id, tenants.owner)).isError).toBe(false);
  });
});

describe("since", () => {
  it("may lie before there was any message, or any computer", async () => {
    for (const since of ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"]) {
      const answer = await callAs(ctx, tenants.ann, "get_messages", { phone_number_id: "101", since });
      expect(answer.isError, since).toBe(false);
      expect((answer.structuredContent as unknown as Page).messages.length).toBeGreaterThan(0);
    }
  });

  it("is refused when it only looks like a time", async () => {
    const answer = await callAs(ctx, tenants.ann, "get_messages", { since: "2026-01-01T00:00:00+05" });
    expect(errorOf(answer).code).toBe("invalid_arguments");
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;
let lastKey = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

afterAll(() => ctx.close());

const newTo = (): string => `+${(lastDigits += 1)}`;
const newKey = (): string => `key-${(lastKey += 1)}`;
const send = (args: Record<string, unknown>, tenant = tenants.ann) =>
  sendAs(ctx, tenant, { phone_number_id: "101", ...args });
const refusal = async (args: Record<string, unknown>, tenant = tenants.ann) =>
  errorOf(await callAs(ctx, tenant, "send_message", { body: "hello", phone_number_id: "101", ...args }));

async function countRows(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ["messages", "message_events", "outbox", "conversations", "contacts", "changes"]) {
    const [row] = await ctx.sql<[{ count: number }]>`select count(*)::int as count from ${ctx.sql(table)}`;
    counts[table] = row.count;
  }
  return counts;
}

describe("a queued message", () => {
  it("is a row, an event, a wake-up and an audit row, committed together", async () => {
    const wakes = ctx.wakeCount();
    const sent = await send({ to: newTo(), body: "hello there", preview_url: true });
    expect(sent).toMatchObject({ status: "queued", window: { open: false, closes_at: null } });
    expect(ctx.wakeCount()).toBe(wakes + 1);
    const [row] = await ctx.sql`
      select m.status, m.text, m.content, m.client_id, m.occurred_at, e.status as event, o.name, o.data, o.available_at,
        a.action, a.outcome, a.conversation_id as audited_conversation, a.api_key_id, m.phone_number_id,
        (m.xmin = e.xmin and m.xmin = o.xmin and m.xmin = a.xmin) as together
      from messages m join message_events e on e.message_id = m.id
        join outbox o on o.data ->> 'message_id' = m.id::text join audit_log a on a.message_id = m.id
      where m.id = ${sent.message_id}`;
    expect(row).toMatchObject({
      together: true,
      status: "queued",
      text: "hello there",
      content: { body: "hello there", preview_url: true },
      client_id: tenants.ann.clientId,
      occurred_at: ctx.clock.now(),
      event: "queued",
      name: "wa/message.queued",
      data: {
        message_id: sent.message_id,
        phone_number_id: tenants.numbers.ann.id,
        conversation_id: sent.conversation_id,
      },
      available_at: ctx.clock.now(),
      action: "tool.send_message",
      outcome: "ok",
      audited_conversation: sent.conversation_id,
      api_key_id: tenants.ann.keyId,
    });
  });

  it.each(["message_events", "outbox", "audit_log"])(
    "leaves nothing behind when %s cannot be written",
    async (table) => {
      await ctx.sql.unsafe(`
        create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
        create trigger refuse before insert on ${table} for each row when (current_user = 'wamcp_client') execute function refuse()`);
      const before = await countRows();
      const wakes = ctx.wakeCount();
      expect((await refusal({ to: newTo(), idempotency_key: newKey() })).code).toBe("internal");
      expect(await countRows()).toEqual(before);
      expect(ctx.wakeCount()).toBe(wakes);
      await ctx.sql`drop function refuse cascade`;
      await send({ to: newTo() });
    },
  );

  it("takes its place behind those that were queued before it, also when many come at once", async () => {
    const to = newTo();
    const first = await send({ to });
    const others = await Promise.all(Array.from({ length: 20 }, () => send({ to })));
    const positions = await Promise.all(
      [first, ...others].map(async ({ message_id }) => (await readMessage(ctx, message_id)).position),
    );
    expect(positions[0]).toBe(1);
    expect(positions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  });

  it("tells whether the window is open, by the person's last message", async () => {
    const to = newTo();
    const at = new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000);
    const message = textFrom(to.slice(1), "wamid.window", "hi", at);
    await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
    const closes_at = new Date(at.getTime() + 24 * 3_600_000).toISOString();
    expect((await send({ to })).window).toEqual({ open: true, closes_at });
    ctx.clock.set(new Date(at.getTime() + 24 * 3_600_000));
    expect((await send({ to })).window).toEqual({ open: false, closes_at });
    ctx.clock.set(at);
  });

  it("knows until when it may be sent", async () => {
    const { message_id } = await send({ to: newTo(), expires_in_s: 90 });
    const { expires_at } = await readMessage(ctx, message_id);
    expect(expires_at?.getTime()).toBe(ctx.clock.now().getTime() + 90_000);
  });
});

describe("an idempotency key", () => {
  it("with the same content returns the first message, however it stands by then", async () => {
    const call = { to: newTo(), body: "once", idempotency_key: newKey() };
    const first = await send(call);
    const before = await countRows();
    expect(await send(call)).toEqual(first);
    await deliverEvents(ctx);
    expect(await send(call)).toEqual({ ...first, status: "accepted" });
    expect((await countRows()).messages).toBe(before.messages);
  });

  it.each([
    ["another body", { body: "other" }],
    ["another recipient", { to: "+16505559999" }],
    ["another preview", { preview_url: true }],
    ["another number", { phone_number_id: "103" }],
  ])("with %s is a conflict, and queues nothing", async (_what, change) => {
    const call = { to: newTo(), body: "once", idempotency_key: newKey() };
    await send(call);
    const before = await countRows();
    expect(await refusal({ ...call, ...change })).toMatchObject({ code: "conflict" });
    expect(await countRows()).toEqual(before);
  });

  it("makes one message of 20 concurrent calls", async () => {
    const call = { to: newTo(), body: "once", idempotency_key: newKey() };
    const before = await countRows();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(call)));
    expect(new Set(answers.map(({ message_id }) => message_id)).size).toBe(1);
    const after = await countRows();
    expect(after.messages).toBe((before.messages ?? 0) + 1);
    expect(after.outbox).toBe((before.outbox ?? 0) + 1);
  });

  it("lets one of two different messages through that race with it, and refuses the other", async () => {
    const key = newKey();
    const answers = await Promise.all(
      ["a", "b", "a", "b"].map((body) =>
        callAs(ctx, tenants.ann, "send_message", {
          to: newTo(),
          body,
          phone_number_id: "101",
          idempotency_key: key,
        }),
      ),
    );
    const refused = answers.filter(({ isError }) => isError);
    expect(refused.map((answer) => errorOf(answer).code)).toEqual(["conflict", "conflict", "conflict"]);
  });

  it("belongs to one client", async () => {
    const key = newKey();
    const mine = await send({ to: newTo(), idempotency_key: key });
    const theirs = await send({ to: newTo(), idempotency_key: key, phone_number_id: "102" }, tenants.bob);
    expect(theirs.message_id).not.toBe(mine.message_id);
  });
});

describe("what a message quotes", () => {
  it("may be named by our id or by Meta's, and is given to Meta by Meta's", async () => {
    const to = newTo();
    const { message_id } = await send({ to });
    await deliverEvents(ctx);
    const { wamid } = await readMessage(ctx, message_id);
    for (const reply_to of [message_id, wamid]) {
      const reply = await send({ to, reply_to });
      expect((await readMessage(ctx, reply.message_id)).reply_to_wamid).toBe(wamid);
    }
    await deliverEvents(ctx);
    expect(ctx.graph.calls.at(-1)?.payload).toMatchObject({ context: { message_id: wamid } });
  });

  it("is not found in another conversation, nor before Meta has named it", async () => {
    const [to, other] = [newTo(), newTo()];
    const elsewhere = await send({ to: other });
    await deliverEvents(ctx);
    const unsent = await send({ to });
    for (const reply_to of [elsewhere.message_id, unsent.message_id, "wamid.nothing"]) {
      expect(await refusal({ to, reply_to })).toMatchObject({
        code: "not_found",
        details: { field: "reply_to" },
      });
    }
  });
});

describe("whoever is not the caller's", () => {
  it.each([
    ["a number of another client", "102"],
    ["a number that does not exist", "999"],
  ])("%s is not found", async (_what, phone_number_id) => {
    expect(await refusal({ to: newTo(), phone_number_id })).toMatchObject({
      code: "not_found",
      details: { field: "phone_number_id" },
    });
  });

  it("another client's contact is not found, by id, and by its phone number on a shared number", async () => {
    const to = newTo();
    const theirs = await send({ to, phone_number_id: "103" }, tenants.bob);
    const { contact_id } = await readMessage(ctx, theirs.message_id);
    const before = await countRows();
    for (const target of [contact_id, to, crypto.randomUUID()]) {
      expect(await refusal({ to: target, phone_number_id: "103" })).toMatchObject({
        code: "not_found",
        details: { field: "to" },
      });
    }
    expect(await countRows()).toEqual(before);
  });

  it("says the same of a foreign number as of one that does not exist", async () => {
    const { details: _, ...foreign } = await refusal({ to: newTo(), phone_number_id: "102" });
    const { details: __, ...missing } = await refusal({ to: newTo(), phone_number_id: "999" });
    const without = (error: object) => ({ ...error, request_id: undefined });
    expect(without(foreign)).toEqual(without(missing));
  });
});

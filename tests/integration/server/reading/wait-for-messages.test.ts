import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#server/utils/clock";
import { createCursorSeal } from "#server/utils/messaging/reading/create-cursor-seal";
import { eventually } from "#tests/helpers/eventually";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";

interface Arrivals {
  messages: { id: string; untrusted_text?: string; conversation_id: string }[];
  cursor: string;
  more?: true;
}

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  // A wait ends when its time is over, so time has to pass.
  ctx = await createTestContext({ clock: systemClock });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate messages, conversations, contacts, changes cascade`;
});

afterAll(() => ctx.close());

const receive = (text: string, { number = "101", person = PERSON } = {}) => {
  const message = textFrom(person, `wamid.${(lastId += 1)}`, text, new Date());
  return receiveWebhook(ctx, webhookBody(number, { messages: [message] }));
};

async function wait(
  args: Record<string, unknown> = {},
  more: { tenant?: Tenant; signal?: AbortSignal } = {},
): Promise<Arrivals> {
  const { tenant = tenants.ann, ...rest } = more;
  const answer = await callAs(ctx, tenant, "wait_for_messages", { timeout_s: 15, ...args }, rest);
  if (answer.isError) throw new Error(errorOf(answer).message);
  return answer.structuredContent as unknown as Arrivals;
}

const textsOf = ({ messages }: Arrivals) => messages.map(({ untrusted_text }) => untrusted_text);
const look = (args: Record<string, unknown> = {}, tenant = tenants.ann) =>
  wait({ timeout_s: 0, ...args }, { tenant });
const untilListening = (count: number) => eventually(() => expect(ctx.changes.listenerCount).toBe(count));

describe("without a cursor", () => {
  it("returns what is unread at once, oldest first, however much there is to wait", async () => {
    await receive("one");
    await receive("two", { person: "16505551235" });
    await receive("three");
    expect(textsOf(await wait())).toEqual(["one", "two", "three"]);
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it("does not return what was answered", async () => {
    await receive("old");
    await sendAs(ctx, tenants.ann, { to: `+${PERSON}`, phone_number_id: "101" });
    await receive("new");
    expect(textsOf(await look())).toEqual(["new"]);
  });

  it("waits for the next message when nothing is unread", async () => {
    const waiting = wait();
    await untilListening(1);
    await receive("at last");
    expect(textsOf(await waiting)).toEqual(["at last"]);
  });
});

describe("with a cursor", () => {
  it("returns only what came after it", async () => {
    await receive("before");
    const { cursor } = await look();
    expect(textsOf(await look({ cursor }))).toEqual([]);
    await receive("after");
    const next = await wait({ cursor });
    expect(textsOf(next)).toEqual(["after"]);
    expect(textsOf(await look({ cursor: next.cursor }))).toEqual([]);
  });

  it("returns the rest with the next call when there is more than a page", async () => {
    const { cursor } = await look();
    for (const text of ["a", "b", "c", "d", "e"]) await receive(text);
    const first = await look({ cursor, limit: 2 });
    const second = await look({ cursor: first.cursor, limit: 2 });
    const third = await look({ cursor: second.cursor, limit: 2 });
    expect([first, second, third].map(textsOf)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect([first, second, third].map(({ more }) => more)).toEqual([true, true, undefined]);
    expect((await look({ cursor, limit: 5 })).more).toBeUndefined();
  });

  it("skips nothing and repeats nothing between calls while messages come from many sides", async () => {
    let { cursor } = await look();
    const expected = Array.from({ length: 60 }, (_, index) => `message ${index}`);
    const sending = Promise.all(
      expected.map((text, index) => receive(text, { person: `1650555${2000 + (index % 7)}` })),
    );
    const seen: (string | undefined)[] = [];
    while (seen.length < expected.length) {
      const next = await wait({ cursor, limit: 7 });
      seen.push(...textsOf(next));
      cursor = next.cursor;
    }
    await sending;
    expect(seen.toSorted()).toEqual(expected.toSorted());
    expect(textsOf(await look({ cursor }))).toEqual([]);
  });

  it("wakes 20 that wait at once", async () => {
    const { cursor } = await look();
    const waiting = Array.from({ length: 20 }, () => wait({ cursor }));
    await untilListening(20);
    await receive("for all");
    const answers = await Promise.all(waiting);
    for (const answer of answers) {
      expect(textsOf(answer)).toEqual(["for all"]);
      expect(textsOf(await look({ cursor: answer.cursor }))).toEqual([]);
    }
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it.each(["made up", "A".repeat(22), "", createCursorSeal("nobody", "another secret").seal(1)])(
    "that is %j is refused",
    async (cursor) => {
      const answer = await callAs(ctx, tenants.ann, "wait_for_messages", { cursor, timeout_s: 0 });
      expect(errorOf(answer).code).toBe("invalid_arguments");
    },
  );

  it("does not show how busy the others are", async () => {
    const { cursor } = await look();
    await receive("for bob", { number: "102" });
    const next = await look({ cursor });
    expect(next.cursor).not.toBe(cursor);
    expect(next.cursor).toMatch(/^[\w-]{22}$/);
  });
});

describe("whatever is waited for", () => {
  it("is not another client's message, nor an own one, nor a status", async () => {
    const stop = new AbortController();
    const waiting = wait({}, { signal: stop.signal });
    await untilListening(1);
    await receive("for bob", { number: "102" });
    await receive("for the owner", { number: "103" });
    await sendAs(ctx, tenants.ann, { to: `+${PERSON}`, phone_number_id: "101" });
    // Before that it could not have heard of them.
    await untilPassedOn(ctx);
    stop.abort();
    expect(textsOf(await waiting)).toEqual([]);
  });

  it("can be one conversation or one number", async () => {
    await receive("first");
    await receive("elsewhere", { person: "16505551235" });
    const all = await look();
    const conversation_id = all.messages[0]?.conversation_id;
    expect(textsOf(await look({ conversation_id }))).toEqual(["first"]);
    expect(textsOf(await look({ phone_number_id: "101" }))).toEqual(["first", "elsewhere"]);
    expect(textsOf(await look({ phone_number_id: "103" }))).toEqual([]);
    const foreign = await callAs(ctx, tenants.bob, "wait_for_messages", { conversation_id, timeout_s: 0 });
    expect(errorOf(foreign).code).toBe("not_found");
  });

  it("on a shared number is the owner's, until the conversation is somebody's", async () => {
    await sendAs(ctx, tenants.bob, { to: `+${PERSON}`, phone_number_id: "103" });
    await receive("for bob", { number: "103" });
    expect(textsOf(await look({}, tenants.bob))).toEqual(["for bob"]);
    expect(textsOf(await look({}, tenants.ann))).toEqual([]);
    expect(textsOf(await look({}, tenants.owner))).toEqual(["for bob"]);
  });
});

describe("a wait", () => {
  it("ends when its time is over, with a cursor to go on from", async () => {
    const startedAt = performance.now();
    const { messages, cursor } = await wait({ timeout_s: 0.3 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
    expect(messages).toEqual([]);
    await receive("after");
    expect(textsOf(await look({ cursor }))).toEqual(["after"]);
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it("ends when the caller has gone, and leaves nobody behind that listens", async () => {
    const callers = Array.from({ length: 5 }, () => new AbortController());
    const waiting = callers.map(({ signal }) => wait({}, { signal }));
    await untilListening(5);
    for (const caller of callers) caller.abort();
    for (const answer of await Promise.all(waiting)) expect(answer.messages).toEqual([]);
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it("looks again when the connection that listens was lost and is back", async () => {
    const { cursor } = await look();
    const waiting = wait({ cursor });
    await untilListening(1);
    await ctx.sql`alter table messages disable trigger messages_publish_message`;
    await receive("unheard");
    const { rows } = await insertUnheardChange();
    expect(rows).toBe(1);
    await ctx.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen %'`;
    expect(textsOf(await waiting)).toEqual(["unheard"]);
    await ctx.sql`alter table messages enable trigger messages_publish_message`;
  });
});

/** Puts the newest message into the feed as its trigger does, without a notification. */
async function insertUnheardChange(): Promise<{ rows: number }> {
  const result = await ctx.sql`
    insert into changes (seq, kind, direction, phone_number_id, conversation_id, message_id)
    select nextval('changes_seq'), 'message', direction, phone_number_id, conversation_id, id
    from messages order by id desc limit 1`;
  return { rows: result.count };
}

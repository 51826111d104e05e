import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#server/utils/clock";
import { eventually } from "#tests/helpers/eventually";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";

interface Seen {
  id: string;
  direction: string;
  status: string;
  body?: string;
  untrusted_text?: string;
  conversation_id: string;
}

interface Arrivals {
  messages: Seen[];
  cursor: string;
}

let ctx: TestContext;
let tenants: Tenants;
/** Another agent of ann's. */
let colleague: Tenant;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext({ clock: systemClock });
  tenants = await seedTenants(ctx);
  const { clientId, principal } = tenants.ann;
  colleague = await mintKey(ctx, clientId, [...principal.scopes]);
});

beforeEach(() => ctx.sql`truncate messages, conversations, contacts, changes, outbox cascade`);

afterAll(() => ctx.close());

async function wait(args: Json = {}, tenant = tenants.ann, signal?: AbortSignal): Promise<Arrivals> {
  const answer = await callAs(
    ctx,
    tenant,
    "wait_for_messages",
    { timeout_s: 15, limit: 100, ...args },
    signal ? { signal } : {},
  );
  if (answer.isError) throw new Error(errorOf(answer).message);
  return answer.structuredContent as unknown as Arrivals;
}
const look = (args: Json = {}, tenant = tenants.ann) => wait({ timeout_s: 0, ...args }, tenant);
const untilWaiting = () => eventually(() => expect(ctx.changes.listenerCount).toBe(1));

const receive = (text: string, person = PERSON, number = "101") =>
  receiveWebhook(
    ctx,
    webhookBody(number, { messages: [textFrom(person, `wamid.${(lastId += 1)}`, text, new Date())] }),
  );

/** Sends a text that Meta takes. */
async function send(body: string, { tenant = tenants.ann, person = PERSON, number = "101" } = {}) {
  const { message_id } = await sendAs(ctx, tenant, { to: `+${person}`, body, phone_number_id: number });
  await deliverEvents(ctx);
  const { wamid } = await readMessage(ctx, message_id);
  return { id: message_id, wamid: wamid ?? "" };
}

const report = (wamid: string, status: string, number = "101") =>
  receiveWebhook(ctx, webhookBody(number, { statuses: [statusOf(wamid, status, new Date())] }));

const receiveEcho = (text: string) =>
  receiveWebhook(ctx, {
    object: "whatsapp_business_account",
    entry: [
      {
        id: "900",
        changes: [
          {
            field: "smb_message_echoes",
            value: {
              messaging_product: "whatsapp",
              metadata: { display_phone_number: "15550783881", phone_number_id: "101" },
              message_echoes: [
                { ...textFrom("15550783881", `wamid.${(lastId += 1)}`, text, new Date()), to: PERSON },
              ],
            },
          },
        ],
      },
    ],
  });

const describeSeen = ({ messages }: Arrivals): string[] =>
  messages.map(({ body, untrusted_text, status }) => `${body ?? untrusted_text} ${status}`);

describe("what is included", () => {
  /** One of everything, by ann, her colleague, somebody at the phone, and a person. */
  async function haveItAll(): Promise<string> {
    await receive("before");
    const old = await send("old");
    const { cursor } = await look();
    await receive("asks");
    await send("by ann");
    await send("by a colleague", { tenant: colleague, person: "16505551235" });
    await receiveEcho("at the phone");
    await report(old.wamid, "delivered");
    await report(old.wamid, "read");
    return cursor;
  }

  it.each([
    [[], ["asks received"]],
    [["outbound"], ["asks received", "by ann accepted", "by a colleague accepted", "at the phone sent"]],
    [["statuses"], ["asks received", "by ann accepted", "by a colleague accepted", "old read"]],
    [
      ["statuses", "outbound"],
      ["asks received", "by ann accepted", "by a colleague accepted", "at the phone sent", "old read"],
    ],
    [
      ["outbound", "outbound"],
      ["asks received", "by ann accepted", "by a colleague accepted", "at the phone sent"],
    ],
  ])("%j: each message once, as it stands, and nothing more", async (include, wanted) => {
    const cursor = await haveItAll();
    const seen = await look({ cursor, include });
    expect(describeSeen(seen)).toEqual(wanted);
    expect((await look({ cursor: seen.cursor, include })).messages).toEqual([]);
    // Page by page it is the same.
    const pages: string[] = [];
    for (let next = cursor; ;) {
      const page = await look({ cursor: next, include, limit: 1 });
      pages.push(...describeSeen(page));
      if (page.messages.length === 0) break;
      next = page.cursor;
    }
    expect(pages).toEqual(wanted);
  });

  it("without a cursor begins with what is unread, and goes on with everything", async () => {
    await send("old");
    await receive("unread");
    const include = ["outbound", "statuses"];
    const first = await look({ include });
    expect(describeSeen(first)).toEqual(["unread received"]);
    await send("new");
    expect(describeSeen(await look({ cursor: first.cursor, include }))).toEqual(["new accepted"]);
  });

  it("goes with the other filters", async () => {
    const cursor = await haveItAll();
    const include = ["outbound", "statuses"];
    const { messages } = await look({ cursor, include });
    const conversationId = messages.find(({ body }) => body === "by a colleague")?.conversation_id;
    const narrowed = await look({ cursor, include, conversation_id: conversationId });
    expect(describeSeen(narrowed)).toEqual(["by a colleague accepted"]);
    expect(describeSeen(await look({ cursor, include, phone_number_id: "103" }))).toEqual([]);
    expect((await look({ cursor, include, phone_number_id: "101" })).messages).toEqual(messages);
  });

  it.each([["inbound"], ["everything"], ["outbound", "statuses", "outbound"]])(
    "is refused when it is %j",
    async (...include) => {
      const answer = await callAs(ctx, tenants.ann, "wait_for_messages", { include, timeout_s: 0 });
      expect(errorOf(answer).code).toBe("invalid_arguments");
    },
  );

  it("shows a client on a shared number its own only, and who sees all of it all", async () => {
    const include = ["outbound", "statuses"];
    const [ann, bob, owner] = [await look(), await look({}, tenants.bob), await look({}, tenants.owner)];
    const mine = await send("ann's", { number: "103" });
    const his = await send("bob's", { tenant: tenants.bob, person: "16505551235", number: "103" });
    await report(mine.wamid, "read", "103");
    await report(his.wamid, "delivered", "103");
    expect(describeSeen(await look({ cursor: ann.cursor, include }))).toEqual(["ann's read"]);
    expect(describeSeen(await look({ cursor: bob.cursor, include }, tenants.bob))).toEqual([
      "bob's delivered",
    ]);
    expect(describeSeen(await look({ cursor: owner.cursor, include }, tenants.owner))).toEqual([
      "ann's read",
      "bob's delivered",
    ]);
  });
});

describe("a call that waits", () => {
  it.each([
    ["outbound", "the send of a colleague", () => send("news", { tenant: colleague })],
    ["outbound", "what is written at the phone", () => receiveEcho("news")],
  ])("for %s wakes up for %s", async (kind, _what, act) => {
    const { cursor } = await look();
    const waiting = wait({ cursor, include: [kind] });
    await untilWaiting();
    await act();
    expect((await waiting).messages).toMatchObject([{ direction: "outbound", body: "news" }]);
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it("for statuses wakes up for a status, and not for a send", async () => {
    const { id, wamid } = await send("hello");
    const { cursor } = await look();
    const waiting = wait({ cursor, include: ["statuses"] });
    await untilWaiting();
    await sendAs(ctx, tenants.ann, { to: "+16505551239", phone_number_id: "101" });
    await report(wamid, "delivered");
    expect((await waiting).messages).toMatchObject([{ id, status: "delivered" }]);
  });

  it("for outbound hears nothing of a status, and one for inbound of neither", async () => {
    const { wamid } = await send("hello");
    const { cursor } = await look();
    const waiting = [wait({ cursor, include: ["outbound"] }), wait({ cursor })];
    await eventually(() => expect(ctx.changes.listenerCount).toBe(2));
    await report(wamid, "delivered");
    await report(wamid, "read");
    await receive("at last");
    for (const answer of waiting) expect(describeSeen(await answer)).toEqual(["at last received"]);
  });
});

describe("a cursor", () => {
  it("goes on with other filters from what its own left out", async () => {
    const { cursor } = await look();
    await receive("left out", "16505551235");
    await receive("on another number", PERSON, "103");
    await receive("wanted");
    const conversation_id = (await look()).messages.at(-1)?.conversation_id;
    const narrow = await look({ cursor, conversation_id });
    expect(describeSeen(narrow)).toEqual(["wanted received"]);
    const number = await look({ cursor: narrow.cursor, phone_number_id: "101" });
    expect(describeSeen(number)).toEqual(["left out received"]);
    expect(describeSeen(await look({ cursor: narrow.cursor }))).toEqual(["left out received"]);
  });

  it("hears what is included from where it stands", async () => {
    const { cursor } = await look();
    await send("one");
    const { wamid } = await send("two");
    await receive("three");
    const first = await look({ cursor });
    expect(describeSeen(first)).toEqual(["three received"]);
    await report(wamid, "delivered");
    await receive("four");
    const include = ["statuses", "outbound"];
    const next = await look({ cursor: first.cursor, include });
    expect(describeSeen(next)).toEqual(["two delivered", "four received"]);
    expect(describeSeen(await look({ cursor: next.cursor }))).toEqual([]);
    // The same place, asked otherwise: what the first look left out is there.
    expect(describeSeen(await look({ cursor, include }))).toEqual([
      "one accepted",
      "three received",
      "two delivered",
      "four received",
    ]);
  });

  it("skips nothing and repeats nothing while everything happens at once, whatever is included", async () => {
    const people = [1, 2, 3, 4].map((digit) => `1650555700${digit}`);
    const wamids: string[] = [];
    for (const person of people) wamids.push((await send(`to ${person}`, { person })).wamid);
    const followers = [[], ["outbound"], ["statuses"], ["outbound", "statuses"]].map((include) => ({
      include,
      seen: [] as string[],
    }));
    const { cursor: start } = await look();
    let isDone = false;
    const following = followers.map(async ({ include, seen }) => {
      for (let at = start, isLast = false; !isLast;) {
        isLast = isDone;
        const next = await look({ cursor: at, include, limit: 3 });
        seen.push(...next.messages.map(({ id, status }) => `${id} ${status}`));
        // To the end: after the last change there may be several pages.
        isLast &&= next.messages.length === 0;
        at = next.cursor;
      }
    });
    const act = async (person: string, wamid: string): Promise<void> => {
      for (let round = 0; round < 5; round += 1) await receive(`${round}`, person);
      for (const status of ["sent", "delivered", "read"]) await report(wamid, status);
    };
    await Promise.all(people.map((person, index) => act(person, wamids[index] ?? "")));
    for (const person of people) await send("again", { person });
    isDone = true;
    await Promise.all(following);
    const rows = await ctx.sql<{ id: string; status: string; direction: string }[]>`
      select m.id, m.status, m.direction from messages m`;
    const [inbound, outbound] = ["inbound", "outbound"].map((direction) =>
      rows.filter((row) => row.direction === direction).map(({ id, status }) => `${id} ${status}`),
    );
    for (const { include, seen } of followers) {
      const unique = new Set(seen);
      // A message comes again only when it stands elsewhere.
      expect([...unique], String(include)).toEqual(seen);
      const wanted = [...(inbound ?? []), ...(include.includes("statuses") ? (outbound ?? []) : [])];
      expect(
        wanted.filter((message) => !unique.has(message)),
        String(include),
      ).toEqual([]);
    }
    expect(followers[0]?.seen.toSorted()).toEqual(inbound?.toSorted());
  });
});

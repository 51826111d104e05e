import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assignConversation } from "#server/utils/admin/conversations/assign-conversation";
import { assignDefaultClient } from "#server/utils/admin/numbers/assign-default-client";
import { eventually } from "#tests/helpers/eventually";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { adminOf, mintKey, type Tenant } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import { canaryOf } from "./canary-of";
import { plantWorld, type World } from "./plant-world";

let world: World;
beforeAll(async () => {
  world = await plantWorld("shared");
});
afterAll(() => world?.close());

let lastPerson = 16505560000;
const nextPerson = (): string => String((lastPerson += 1));
const shared = (): string => world.ann.number.waPhoneNumberId;

/** A person writes to the shared number. Returns the conversation. */
async function receive(person: string, text: string, number = shared()): Promise<string> {
  const wamid = `wamid.${person}.${Math.random()}`;
  const messages = [textFrom(person, wamid, text, world.ctx.clock.now())];
  const { state } = await receiveWebhook(world.ctx, webhookBody(number, { messages }));
  expect(state).toBe("done");
  const [row] = await world.ctx.sql<[{ conversation_id: string }]>`
    select conversation_id from messages where wamid = ${wamid}`;
  return row.conversation_id;
}

async function ownerOf(conversationId: string): Promise<string | null> {
  const [row] = await world.ctx.sql<[{ owner: string | null }]>`
    select owner_client_id as owner from conversations where id = ${conversationId}`;
  return row.owner;
}

const write = (tenant: Tenant, person: string, more: Record<string, unknown> = {}) =>
  callAs(world.ctx, tenant, "send_message", {
    to: `+${person}`,
    body: "hello",
    phone_number_id: shared(),
    ...more,
  });

/** What somebody may do with a conversation: see it, read the status of a message in it, write to its person. */
async function mayDo(
  tenant: Tenant,
  conversationId: string,
  person: string,
  messageId: string,
): Promise<boolean[]> {
  const answers = [
    await callAs(world.ctx, tenant, "get_messages", { conversation_id: conversationId }),
    await callAs(world.ctx, tenant, "get_messages", { contact: `+${person}`, phone_number_id: shared() }),
    await callAs(world.ctx, tenant, "get_message_status", { message_id: messageId }),
    await callAs(world.ctx, tenant, "wait_for_messages", { conversation_id: conversationId, timeout_s: 0 }),
    await write(tenant, person),
  ];
  const refusals = answers.filter(({ isError }) => isError).map((answer) => errorOf(answer).code);
  expect(refusals.filter((code) => code !== "not_found")).toEqual([]);
  return answers.map(({ isError }) => !isError);
}

const ALL = [true, true, true, true, true];
const NOTHING = [false, false, false, false, false];

/** Waits as a tenant for whatever comes next, from now on. */
async function startWaiting(tenant: Tenant, more: Record<string, unknown> = {}) {
  const { structuredContent } = await callAs(world.ctx, tenant, "wait_for_messages", {
    timeout_s: 0,
    limit: 100,
  });
  const stop = new AbortController();
  const args = { timeout_s: 15, cursor: structuredContent.cursor, ...more };
  const before = world.ctx.changes.listenerCount;
  const answer = callAs(world.ctx, tenant, "wait_for_messages", args, { signal: stop.signal });
  await eventually(() => expect(world.ctx.changes.listenerCount).toBe(before + 1));
  const texts = async (): Promise<unknown[]> => readTexts(await answer);
  return {
    /** What was heard; waits for it. */
    texts,
    /** What was heard until now, and what could have been; ends the wait. */
    stop: async () => {
      stop.abort();
      const look = await callAs(world.ctx, tenant, "wait_for_messages", { ...args, timeout_s: 0 });
      return [...(await texts()), ...(look.isError ? [] : readTexts(look))];
    },
  };
}

function readTexts({ structuredContent }: Awaited<ReturnType<typeof callAs>>): unknown[] {
  const { messages } = structuredContent as { messages: { untrusted_text?: string }[] };
  return messages.map(({ untrusted_text }) => untrusted_text);
}

describe("a conversation on a number that two clients share", () => {
  it("belongs to the client that writes first, and to nobody else", async () => {
    const person = nextPerson();
    const sent = await sendAs(world.ctx, world.ann, { to: `+${person}`, phone_number_id: shared() });
    expect(await ownerOf(sent.conversation_id)).toBe(world.ann.clientId);
    expect(await mayDo(world.bob, sent.conversation_id, person, sent.message_id)).toEqual(NOTHING);
    expect(await mayDo(world.ann, sent.conversation_id, person, sent.message_id)).toEqual(ALL);
    await receive(person, "an answer");
    expect(await ownerOf(sent.conversation_id)).toBe(world.ann.clientId);
    expect(await mayDo(world.bob, sent.conversation_id, person, sent.message_id)).toEqual(NOTHING);
  });

  it("belongs to one of two clients that write at the same moment", async () => {
    for (let round = 0; round < 8; round += 1) {
      const person = nextPerson();
      const answers = await Promise.all([write(world.ann, person), write(world.bob, person)]);
      expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
      const refused = answers.find(({ isError }) => isError);
      expect(refused && errorOf(refused).code).toBe("not_found");
    }
  });

  it("belongs to the number's default client when a stranger writes", async () => {
    const person = nextPerson();
    const conversationId = await receive(person, "hello, is anybody there?");
    expect(await ownerOf(conversationId)).toBe(world.owner.clientId);
    const [row] = await world.ctx.sql<[{ id: string }]>`
      select id from messages where conversation_id = ${conversationId}`;
    for (const tenant of [world.ann, world.bob]) {
      expect(await mayDo(tenant, conversationId, person, row.id)).toEqual(NOTHING);
    }
    expect(await ownerOf(conversationId)).toBe(world.owner.clientId);
    expect(await mayDo(world.owner, conversationId, person, row.id)).toEqual(ALL);
  });
});

describe("the default client of a number", () => {
  const setDefault = (client: string) =>
    assignDefaultClient(adminOf(world.ctx), { number: shared(), client });

  it("gets the strangers that write after it changed, and none that wrote before", async () => {
    const [early, late] = [nextPerson(), nextPerson()];
    const before = await receive(early, "early");
    await setDefault(world.bob.clientId);
    const after = await receive(late, "late");
    await receive(early, "early again");
    await setDefault(world.owner.clientId);
    expect([await ownerOf(before), await ownerOf(after)]).toEqual([world.owner.clientId, world.bob.clientId]);
    const read = (tenant: Tenant, id: string) =>
      callAs(world.ctx, tenant, "get_messages", { conversation_id: id });
    expect((await read(world.bob, after)).isError).toBe(false);
    expect((await read(world.bob, before)).isError).toBe(true);
    expect((await read(world.ann, after)).isError).toBe(true);
  });

  it("may be nobody: then the first client that writes gets the stranger, with what he wrote before", async () => {
    const person = nextPerson();
    await world.ctx
      .sql`update phone_numbers set default_client_id = null where wa_phone_number_id = ${shared()}`;
    const conversationId = await receive(person, `${canaryOf("nobody")} asks`);
    await setDefault(world.owner.clientId);
    expect(await ownerOf(conversationId)).toBeNull();
    const read = (tenant: Tenant) =>
      callAs(world.ctx, tenant, "get_messages", { conversation_id: conversationId });
    expect([(await read(world.ann)).isError, (await read(world.bob)).isError]).toEqual([true, true]);
    expect((await write(world.bob, person)).isError).toBe(false);
    expect((await write(world.ann, person)).isError).toBe(true);
    expect(JSON.stringify((await read(world.bob)).structuredContent)).toContain(canaryOf("nobody"));
    expect((await read(world.ann)).isError).toBe(true);
  });
});

describe("a conversation that is given to another client", () => {
  const give = (conversation: string, client: Tenant) =>
    assignConversation(adminOf(world.ctx), { conversation, client: client.clientId });

  it("moves sight and writing at once, there and back, with all that was said", async () => {
    const person = nextPerson();
    const sent = await sendAs(world.ctx, world.ann, { to: `+${person}`, phone_number_id: shared() });
    for (const [to, from] of [
      [world.bob, world.ann],
      [world.ann, world.bob],
    ] as const) {
      await give(sent.conversation_id, to);
      expect(await mayDo(to, sent.conversation_id, person, sent.message_id)).toEqual(ALL);
      expect(await mayDo(from, sent.conversation_id, person, sent.message_id)).toEqual(NOTHING);
    }
  });

  it("does not tell its old owner of a repeated send what has become of it", async () => {
    const person = nextPerson();
    const key = { idempotency_key: `moved-${person}` };
    const first = await write(world.ann, person, key);
    expect(await write(world.ann, person, key)).toEqual(first);
    await give(String(first.structuredContent.conversation_id), world.bob);
    const again = await write(world.ann, person, key);
    expect(errorOf(again).code).toBe("not_found");
    expect(JSON.stringify(again)).not.toContain(String(first.structuredContent.conversation_id));
  });

  it("is heard by its new owner alone, by those who wait already", async () => {
    const person = nextPerson();
    const sent = await sendAs(world.ctx, world.ann, { to: `+${person}`, phone_number_id: shared() });
    const ann = await startWaiting(world.ann, { conversation_id: sent.conversation_id });
    const bob = await startWaiting(world.bob);
    await give(sent.conversation_id, world.bob);
    await receive(person, "for bob now");
    expect(await bob.texts()).toEqual(["for bob now"]);
    expect(await ann.stop()).toEqual([]);
  });

  it("goes to nobody who has no grant on its number", async () => {
    const { conversation } = world.ann.ids;
    await world.ctx.sql`update grants set revoked_at = now()
      where client_id = ${world.bob.clientId} and phone_number_id = ${world.ann.number.id}`;
    await expect(give(conversation, world.bob)).rejects.toMatchObject({ code: "not_found" });
    await world.ctx.sql`update grants set revoked_at = null where client_id = ${world.bob.clientId}`;
    expect(await ownerOf(conversation)).toBe(world.ann.clientId);
  });
});

describe("two clients that wait on the shared number at the same time", () => {
  it("each hear their own person, and nothing of the other's or of a stranger", async () => {
    const [mine, his] = [nextPerson(), nextPerson()];
    await write(world.ann, mine);
    await write(world.bob, his);
    const ann = await startWaiting(world.ann);
    const bob = await startWaiting(world.bob);
    const owner = await startWaiting(world.owner);
    await receive(nextPerson(), "a stranger");
    // Asked before the next one comes: a wait that ends answers with all there is by then.
    expect(await owner.texts()).toEqual(["a stranger"]);
    await receive(mine, "for ann");
    expect(await ann.texts()).toEqual(["for ann"]);
    expect(await bob.stop()).toEqual([]);
    const later = await startWaiting(world.bob);
    await receive(his, "for bob");
    expect(await later.texts()).toEqual(["for bob"]);
  });

  it("each get their own of a hundred messages, in their order, and the owner all", async () => {
    const people = { ann: [nextPerson(), nextPerson()], bob: [nextPerson(), nextPerson()] };
    for (const name of ["ann", "bob"] as const)
      for (const person of people[name]) await write(world[name], person);
    const cursorOf = async (tenant: Tenant): Promise<unknown> =>
      (await callAs(world.ctx, tenant, "wait_for_messages", { timeout_s: 0, limit: 100 })).structuredContent
        .cursor;
    const cursors = {
      ann: await cursorOf(world.ann),
      bob: await cursorOf(world.bob),
      owner: await cursorOf(world.owner),
    };
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const name = index % 2 === 0 ? "ann" : "bob";
        return receive(people[name][index % 4 < 2 ? 0 : 1] ?? "", `${name} ${index}`);
      }),
    );
    for (const name of ["ann", "bob", "owner"] as const) {
      const texts: unknown[] = [];
      // One answer need not hold them all.
      for (let cursor = cursors[name], isLast = false; !isLast;) {
        const args = { cursor, timeout_s: 0, limit: 100 };
        const page = await callAs(world.ctx, world[name], "wait_for_messages", args);
        texts.push(...readTexts(page));
        isLast = readTexts(page).length === 0;
        cursor = page.structuredContent.cursor;
      }
      const wanted = Array.from({ length: 100 }, (_, index) => `${index % 2 === 0 ? "ann" : "bob"} ${index}`);
      expect(texts.toSorted()).toEqual(
        wanted.filter((text) => name === "owner" || text.startsWith(name)).toSorted(),
      );
    }
  });
});

describe("a client that sees all of a number", () => {
  it("stops hearing of the others' when its sight is narrowed", async () => {
    await world.ctx.sql`update grants set visibility = 'own' where client_id = ${world.owner.clientId}`;
    const narrowed = await mintKey(world.ctx, world.owner.clientId, ["tools:*", "numbers:*"]);
    const answer = await callAs(world.ctx, narrowed, "get_messages", {
      conversation_id: world.ann.ids.conversation,
    });
    const stale = await callAs(world.ctx, world.owner, "get_messages", {
      conversation_id: world.ann.ids.conversation,
    });
    await world.ctx.sql`update grants set visibility = 'all' where client_id = ${world.owner.clientId}`;
    expect([errorOf(answer).code, errorOf(stale).code]).toEqual(["not_found", "not_found"]);
  });
});

import type { Database } from "#db/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WAITERS_PER_KEY } from "#server/utils/changes/create-wakeup";
import { systemClock } from "#server/utils/clock";
import { eventually } from "#tests/helpers/eventually";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { recordStatements, type StatementRecorder } from "#tests/helpers/server/record-statements";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const WAITERS = 200;

let ctx: TestContext;
let tenants: Tenants;
let recorder: StatementRecorder;
/** Enough keys of ann's for all waiters. */
let keys: Tenant[];
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext({ clock: systemClock });
  tenants = await seedTenants(ctx);
  recorder = recordStatements(ctx.database);
  const { clientId, principal } = tenants.ann;
  keys = await Promise.all(
    Array.from({ length: Math.ceil(WAITERS / WAITERS_PER_KEY) }, () =>
      mintKey(ctx, clientId, [...principal.scopes]),
    ),
  );
});

beforeEach(() => ctx.sql`truncate messages, conversations, contacts, changes, audit_log cascade`);

afterAll(() => ctx.close());

const receive = (text: string, { number = "101", person = PERSON, more = {} as Json } = {}) => {
  const message = { ...textFrom(person, `wamid.${(lastId += 1)}`, text, new Date()), ...more };
  return receiveWebhook(ctx, webhookBody(number, { messages: [message] }));
};

interface Waiting {
  readonly answer: ReturnType<typeof callAs>;
  readonly caller: AbortController;
}

/** Begins to wait with each of the keys; resolves when all of them have looked and are waiting. */
async function startWaiting(tenantOf: (index: number) => Tenant, count: number, args: Json = {}) {
  const before = ctx.changes.listenerCount;
  let looked = 0;
  const waiting = Array.from({ length: count }, (_, index): Waiting => {
    const caller = new AbortController();
    // The first report comes when the first look has found nothing.
    const more = { signal: caller.signal, reportProgress: () => void (looked += 1) };
    const given = { timeout_s: 30, ...args };
    return { caller, answer: callAs(recorded(), tenantOf(index), "wait_for_messages", given, more) };
  });
  await eventually(() => expect([ctx.changes.listenerCount - before, looked]).toEqual([count, count]));
  return waiting;
}

/** The same server, whose calls' statements are written down. */
const recorded = () => ({ system: { ...ctx.system, database: recorder.database } });
const askedByCalls = (): string[] => recorder.take().filter((statement) => statement.startsWith("as client"));

const keyOf = (index: number): Tenant => keys[index % keys.length] ?? tenants.ann;
const textsOf = ({ structuredContent }: Awaited<Waiting["answer"]>) =>
  (structuredContent.messages as { untrusted_text: string }[]).map(({ untrusted_text }) => untrusted_text);

describe(`${WAITERS} calls that wait at once`, () => {
  it("all hear of a message, and leave nothing behind", async () => {
    const waiting = await startWaiting(keyOf, WAITERS);
    await receive("for all");
    for (const { answer } of waiting) expect(textsOf(await answer)).toEqual(["for all"]);
    expect(ctx.changes.listenerCount).toBe(0);
    expect(keys.map(({ keyId }) => ctx.changes.countOf(keyId))).toEqual(keys.map(() => 0));
  });

  it("end when their callers go, without another query, and leave nothing behind", async () => {
    const waiting = await startWaiting(keyOf, WAITERS);
    expect(askedByCalls().length).toBeGreaterThan(WAITERS);
    for (const { caller } of waiting) caller.abort();
    for (const { answer } of waiting) expect(textsOf(await answer)).toEqual([]);
    expect(ctx.changes.listenerCount).toBe(0);
    expect(askedByCalls()).toEqual([]);
  });

  it("each hear only what they wait for", async () => {
    await receive("first");
    await receive("second", { person: "16505551235" });
    const look = await callAs(ctx, tenants.ann, "wait_for_messages", { timeout_s: 0 });
    const { cursor, messages } = look.structuredContent as {
      cursor: string;
      messages: { conversation_id: string }[];
    };
    const ids = messages.map(({ conversation_id }) => conversation_id);
    const first = await startWaiting(keyOf, WAITERS / 2, { cursor, conversation_id: ids[0] });
    const second = await startWaiting(keyOf, WAITERS / 2, { cursor, conversation_id: ids[1] });
    await receive("first again");
    for (const { answer } of first) expect(textsOf(await answer)).toEqual(["first again"]);
    expect(ctx.changes.listenerCount).toBe(WAITERS / 2);
    for (const { caller } of second) caller.abort();
    for (const { answer } of second) expect(textsOf(await answer)).toEqual([]);
  });
});

describe("a call that waits", () => {
  it("asks the database nothing because of what it may not or does not want to hear", async () => {
    await sendAs(ctx, tenants.bob, { to: `+${PERSON}`, phone_number_id: "103" });
    const [waiting] = await startWaiting(() => tenants.ann, 1);
    askedByCalls();
    // Another's on a shared number and on his own, a stranger's, a quiet one, an own send.
    for (let times = 0; times < 10; times += 1) await receive("for bob", { number: "103" });
    await receive("for bob", { number: "102" });
    await receive("for the owner", { number: "103", person: "16505551236" });
    await receiveStandby("for another agent");
    await sendAs(ctx, tenants.ann, { to: `+${PERSON}`, phone_number_id: "101" });
    await untilPassedOn(ctx);
    expect(askedByCalls()).toEqual([]);
    await receive("for ann", { person: "16505551237" });
    expect(waiting && textsOf(await waiting.answer)).toEqual(["for ann"]);
    expect(askedByCalls().length).toBeGreaterThan(0);
  });

  it("looks once, not once per change, for all that come while it looks", async () => {
    let looks = 0;
    let hasLooked = false;
    let release = (): void => {};
    let held = Promise.resolve();
    const asClient: Database["asClient"] = async (clientId, work) => {
      looks += 1;
      await held;
      return ctx.database.asClient(clientId, work);
    };
    const system = { ...ctx.system, database: { ...ctx.database, asClient } };
    const { cursor } = (await callAs(ctx, tenants.ann, "wait_for_messages", { timeout_s: 0 }))
      .structuredContent;
    const args = { timeout_s: 30, limit: 5, cursor };
    const reportProgress = () => void (hasLooked = true);
    const waiting = callAs({ system }, tenants.ann, "wait_for_messages", args, { reportProgress });
    await eventually(() => expect([looks, hasLooked]).toEqual([1, true]));
    held = new Promise((resolve) => {
      release = resolve;
    });
    for (let index = 0; index < 30; index += 1) {
      await receive(`burst ${index}`, { person: `1650555${3000 + index}` });
    }
    await untilPassedOn(ctx);
    expect(looks).toBe(2);
    release();
    expect(textsOf(await waiting)).toEqual([0, 1, 2, 3, 4].map((index) => `burst ${index}`));
    expect(looks).toBe(2);
  });

  const receiveStandby = (text: string) =>
    receiveWebhook(ctx, {
      object: "whatsapp_business_account",
      entry: [
        {
          id: "900",
          changes: [
            {
              field: "standby",
              value: {
                messaging_product: "whatsapp",
                metadata: { display_phone_number: "15550783881", phone_number_id: "101" },
                messages: [textFrom(PERSON, `wamid.${(lastId += 1)}`, text, new Date())],
              },
            },
          ],
        },
      ],
    });
});

describe("a key", () => {
  it(`may have ${WAITERS_PER_KEY} calls waiting; more are told when to come again`, async () => {
    const waiting = await startWaiting(() => tenants.ann, WAITERS_PER_KEY);
    const refused = await callAs(ctx, tenants.ann, "wait_for_messages", { timeout_s: 30 });
    expect(errorOf(refused)).toMatchObject({
      code: "rate_limited",
      retryable: true,
      retry_after_s: 5,
      advice: expect.any(String),
      details: { limit: WAITERS_PER_KEY },
    });
    const rows =
      await ctx.sql`select outcome, error_code from audit_log where action = 'tool.wait_for_messages'`;
    expect(rows).toEqual([{ outcome: "refused", error_code: "rate_limited" }]);
    // A look does not wait, and another key has room of its own.
    expect((await callAs(ctx, tenants.ann, "wait_for_messages", { timeout_s: 0 })).isError).toBe(false);
    const others = await startWaiting(() => tenants.bob, 1);
    waiting[0]?.caller.abort();
    await waiting[0]?.answer;
    const next = await startWaiting(() => tenants.ann, 1);
    for (const { caller } of [...waiting, ...others, ...next]) caller.abort();
    await Promise.all([...waiting, ...others, ...next].map(({ answer }) => answer));
    expect(ctx.changes.listenerCount).toBe(0);
  });
});

import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#server/utils/clock";
import { eventually } from "#tests/helpers/eventually";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

interface Arrivals {
  messages: { untrusted_text: string; conversation_id: string; phone_number_id: string }[];
  cursor: string;
  more?: true;
}

const PEOPLE = [
  { person: "16505550001", number: "101" },
  { person: "16505550002", number: "101" },
  { person: "16505550003", number: "102" },
] as const;

let ctx: TestContext;
let tenants: Tenants;
/** Of the people, in their order. */
let conversationIds: string[];
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext({ clock: systemClock });
  tenants = await seedTenants(ctx);
  for (const index of PEOPLE.keys()) await receive(index, `hello ${index}`);
  conversationIds = (await look({})).messages.map(({ conversation_id: id }) => id);
});

beforeEach(() => readAll());

afterAll(() => ctx.close());

const receive = (index: number, text: string) => {
  const { person, number } = PEOPLE[index] ?? PEOPLE[0];
  const message = textFrom(person, `wamid.${(lastId += 1)}`, text, new Date());
  return receiveWebhook(ctx, webhookBody(number, { messages: [message] }));
};

const readAll = () => ctx.sql`update conversations set unread_count = 0`;

/** @param onWaiting called when it has looked, and waits */
async function look(args: Json, onWaiting?: () => void): Promise<Arrivals> {
  const call = { timeout_s: 0, limit: 100, ...args };
  const more = onWaiting ? { reportProgress: onWaiting } : {};
  const answer = await callAs(ctx, tenants.owner, "wait_for_messages", call, more);
  if (answer.isError) throw new Error(errorOf(answer).message);
  return answer.structuredContent as unknown as Arrivals;
}

const now = async (): Promise<string> => (await look({ cursor: "now" })).cursor;
const textsOf = ({ messages }: Arrivals) => messages.map((message) => message.untrusted_text);
const of = (index: number) => ({ conversation_id: conversationIds[index] });

describe("a reader that waits for one person and then goes on with the inbox", () => {
  it("gets what the others wrote meanwhile, and nothing again", async () => {
    const c0 = await now();
    await receive(1, "y2");
    await receive(0, "x2");
    const one = await look({ cursor: c0, ...of(0) });
    expect(textsOf(one)).toEqual(["x2"]);
    await receive(0, "x3");
    const two = await look({ cursor: one.cursor, ...of(0) });
    expect(textsOf(two)).toEqual(["x3"]);
    const rest = await look({ cursor: two.cursor });
    expect(textsOf(rest)).toEqual(["y2"]);
    expect(textsOf(await look({ cursor: rest.cursor }))).toEqual([]);
  });

  it("gets it page by page", async () => {
    const c0 = await now();
    for (const text of ["a", "b", "c"]) await receive(1, text);
    await receive(0, "x");
    await receive(1, "d");
    let { cursor } = await look({ cursor: c0, ...of(0) });
    const pages: string[][] = [];
    for (let isLast = false; !isLast;) {
      const page = await look({ cursor, limit: 2 });
      pages.push(textsOf(page));
      cursor = page.cursor;
      isLast = !page.more;
    }
    expect(pages).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  it("gets what was unread when it began without a cursor, also when that was read meanwhile or came later", async () => {
    await receive(1, "unread");
    await receive(2, "answered in time");
    const first = await look(of(0));
    expect(textsOf(first)).toEqual([]);
    await ctx.sql`update conversations set unread_count = 0 where id = ${conversationIds[2] ?? ""}`;
    await receive(2, "later");
    await ctx.sql`update conversations set unread_count = 0 where id = ${conversationIds[2] ?? ""}`;
    expect(textsOf(await look({ cursor: first.cursor }))).toEqual(["unread", "later"]);
  });

  it("is woken with its own filter by what comes, and not by what was left out", async () => {
    const c0 = await now();
    await receive(1, "left out");
    const { cursor } = await look({ cursor: c0, ...of(0) });
    const waiting = look({ cursor, ...of(0), timeout_s: 15 });
    await eventually(() => expect(ctx.changes.listenerCount).toBe(1));
    await receive(1, "left out too");
    await receive(0, "wanted");
    const answer = await waiting;
    expect(textsOf(answer)).toEqual(["wanted"]);
    expect(textsOf(await look({ cursor: answer.cursor }))).toEqual(["left out", "left out too"]);
  });
});

describe("a number as a filter", () => {
  it("is none when the key has no other", async () => {
    const { cursor } = await look({ cursor: "now", phone_number_id: "101" });
    expect(cursor).toHaveLength(76);
    const { principal } = tenants.ann;
    const ann = {
      principal: { ...principal, scopes: principal.scopes.filter((scope) => scope !== "numbers:103") },
    };
    const args = { cursor: "now", timeout_s: 0, phone_number_id: "101" };
    expect((await callAs(ctx, ann, "wait_for_messages", args)).structuredContent.cursor).toHaveLength(22);
  });
});

describe('the cursor "now"', () => {
  it("begins with what comes, and reads nothing of what is unread", async () => {
    await receive(0, "unread");
    const start = await look({ cursor: "now" });
    expect([textsOf(start), start.more]).toEqual([[], undefined]);
    await receive(1, "new");
    expect(textsOf(await look({ cursor: start.cursor }))).toEqual(["new"]);
  });

  it("can be waited on, and with a filter leaves nothing out for later", async () => {
    await receive(0, "unread");
    let waiting = Promise.resolve<Arrivals | undefined>(undefined);
    await new Promise<void>((isWaiting) => {
      waiting = look({ cursor: "now", ...of(0), timeout_s: 15 }, isWaiting);
    });
    await receive(1, "of another");
    await receive(0, "new");
    const answer = await waiting;
    expect(answer && textsOf(answer)).toEqual(["new"]);
    expect(textsOf(await look({ cursor: answer?.cursor }))).toEqual(["of another"]);
  });
});

type Step =
  | { readonly do: "arrive"; readonly index: number }
  | { readonly do: "wait"; readonly filter: number; readonly limit: number };

const FILTERS = (): Json[] => [{}, of(0), of(1), { phone_number_id: "101" }, { phone_number_id: "102" }];
const NUMBER_OF = PEOPLE.map(({ number }) => number);

const arrival = fc.record({ do: fc.constant("arrive" as const), index: fc.nat(PEOPLE.length - 1) });
const waitWith = (filter: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant("wait" as const), filter, limit: fc.constantFrom(1, 2, 100) });
const steps = (filter: fc.Arbitrary<number>) =>
  fc.array(fc.oneof({ arbitrary: arrival, weight: 3 }, { arbitrary: waitWith(filter), weight: 2 }), {
    minLength: 4,
    maxLength: 16,
  });

/** Plays the steps, passes the cursor on, and ends with a filter until nothing comes. Tells what arrived, and what was returned. */
async function play(start: "now" | undefined, script: readonly Step[], lastFilter: number) {
  await readAll();
  const [arrived, returned]: [{ text: string; index: number }[], string[]] = [[], []];
  let cursor: string | undefined = start && (await now());
  let promised: number | undefined;
  const wait = async (filter: number, limit: number): Promise<Arrivals> => {
    const page = await look({ ...FILTERS()[filter], limit, ...(cursor ? { cursor } : {}) });
    const wanted = arrived.filter(({ index }) => isWanted(filter, index)).map(({ text }) => text);
    expect(wanted).toEqual(expect.arrayContaining(textsOf(page)));
    expect(page.messages.length).toBeLessThanOrEqual(limit);
    returned.push(...textsOf(page));
    // Whoever was told that there is more gets more.
    expect(promised === filter && page.messages.length === 0).toBe(false);
    promised = page.more && filter;
    cursor = page.cursor;
    return page;
  };
  for (const step of script) {
    if (step.do === "arrive") {
      const text = `message ${lastId}`;
      await receive(step.index, text);
      arrived.push({ text, index: step.index });
    } else if ((await wait(step.filter, step.limit)).more) {
      await wait(step.filter, step.limit);
    }
  }
  for (let isLast = false; !isLast;) isLast = (await wait(lastFilter, 3)).messages.length === 0;
  const wanted = arrived.filter(({ index }) => isWanted(lastFilter, index)).map(({ text }) => text);
  return { wanted: wanted.toSorted(), returned: returned.toSorted() };
}

function isWanted(filter: number, index: number): boolean {
  return (
    [true, index === 0, index === 1, NUMBER_OF[index] === "101", NUMBER_OF[index] === "102"][filter] === true
  );
}

const start = fc.constantFrom("now" as const, undefined);

describe("any sequence of waits, with the cursor passed on, while messages arrive", () => {
  it("returns each message at least once to a reader that ends without a filter, whatever it filtered", async () => {
    await fc.assert(
      fc.asyncProperty(start, steps(fc.nat(4)), async (begin, script) => {
        const { wanted, returned } = await play(begin, script, 0);
        expect([...new Set(returned)]).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it("returns each exactly once as long as the filter stays the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.nat(4).chain((filter) => fc.tuple(fc.constant(filter), steps(fc.constant(filter)))),
        async (begin, [filter, script]) => {
          const { wanted, returned } = await play(begin, script, filter);
          expect(returned).toEqual(wanted);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it("returns each exactly once also when one filter and none take turns", async () => {
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.integer({ min: 1, max: 4 }).chain((filter) => steps(fc.constantFrom(0, filter))),
        async (begin, script) => {
          const { wanted, returned } = await play(begin, script, 0);
          expect(returned).toEqual(wanted);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it("loses and repeats nothing of what comes from many sides at once", async () => {
    let cursor = await now();
    const texts = Array.from({ length: 60 }, (_, index) => `burst ${index}`);
    const sending = Promise.all(texts.map((text, index) => receive(index % PEOPLE.length, text)));
    const seen: string[] = [];
    for (let turn = 0; seen.length < texts.length && turn < 2_000; turn += 1) {
      const page = await look({ cursor, limit: 7, ...(turn % 2 ? {} : of(0)) });
      seen.push(...textsOf(page));
      cursor = page.cursor;
    }
    await sending;
    expect(seen.toSorted()).toEqual(texts.toSorted());
    expect(textsOf(await look({ cursor }))).toEqual([]);
  });
});

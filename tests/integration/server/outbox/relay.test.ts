import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { createRelay, type Relay } from "#server/utils/outbox/create-relay";
import { announceInbox, insertOutboxEvent, type OutboxEvent } from "#server/utils/outbox/store";
import { eventually } from "#tests/helpers/eventually";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { storeBody } from "#tests/helpers/server/receive-webhook";

let ctx: TestContext;
let relays: Relay[] = [];

beforeAll(async () => {
  ctx = await createTestContext();
});

beforeEach(() => ctx.sql`truncate outbox, webhook_inbox`);

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
});

afterAll(() => ctx.close());

type SendEvents = (events: readonly OutboxEvent[]) => Promise<void>;

function startRelay(sendEvents: SendEvents): Relay {
  const relay = createRelay({ database: ctx.database, clock: ctx.clock, log: ctx.system.log, sendEvents });
  relays.push(relay);
  relay.start();
  return relay;
}

async function insertEvents(count: number, inMs = 0): Promise<void> {
  const availableAt = new Date(ctx.clock.now().getTime() + inMs);
  await ctx.database.asSystem(async (tx) => {
    for (let index = 0; index < count; index += 1) {
      await insertOutboxEvent(tx, { name: "wa/message.queued", data: { index }, availableAt });
    }
  });
}

async function readOutbox(): Promise<{ id: string; name: string; isSent: boolean; attempts: number }[]> {
  const rows = await ctx.sql<{ id: string; name: string; isSent: boolean; attempts: number }[]>`
    select id, name, sent_at is not null as "isSent", attempts from outbox order by id`;
  return [...rows];
}

const allSent = () =>
  eventually(async () => {
    const rows = await readOutbox();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ isSent }) => !isSent)).toEqual([]);
    return rows;
  });

describe("announceInbox", () => {
  it("gathers the ids of all bodies that nobody announced into one event, in the same transaction", async () => {
    const ids = [await storeBody(ctx, "{}"), await storeBody(ctx, "{}"), await storeBody(ctx, "{}")];
    const announce = () => ctx.database.asSystem((tx) => announceInbox(tx, ctx.clock.now(), 1_000));
    expect(await announce()).toBe(3);
    expect(await announce()).toBe(0);
    const rows = await ctx.sql<
      { name: string; data: { inbox_ids: string[] } }[]
    >`select name, data from outbox`;
    expect(rows).toHaveLength(1);
    expect(rows[0]?.name).toBe("wa/inbox.received");
    expect(rows[0]?.data.inbox_ids.toSorted()).toEqual(ids.toSorted());
  });

  it("announces each body once, however many do it at once", async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => storeBody(ctx, "{}")));
    await Promise.all(
      Array.from({ length: 8 }, () => ctx.database.asSystem((tx) => announceInbox(tx, ctx.clock.now(), 10))),
    );
    await ctx.database.asSystem((tx) => announceInbox(tx, ctx.clock.now(), 1_000));
    const rows = await ctx.sql<{ data: { inbox_ids: string[] } }[]>`select data from outbox`;
    expect(rows.flatMap(({ data }) => data.inbox_ids).toSorted()).toEqual(ids.toSorted());
  });

  it("leaves bodies unannounced when its transaction is undone", async () => {
    await storeBody(ctx, "{}");
    const work = ctx.database.asSystem(async (tx) => {
      await announceInbox(tx, ctx.clock.now(), 10);
      throw new Error("undone");
    });
    await expect(work).rejects.toThrow("undone");
    expect(await readOutbox()).toEqual([]);
    expect(await ctx.database.asSystem((tx) => announceInbox(tx, ctx.clock.now(), 10))).toBe(1);
  });
});

describe("a relay", () => {
  it("hands every due event over under its id and marks it, and leaves the future alone", async () => {
    const handed: OutboxEvent[] = [];
    await insertEvents(3);
    await insertEvents(1, 60_000);
    startRelay(async (events) => void handed.push(...events));
    await eventually(() => expect(handed).toHaveLength(3));
    await eventually(async () =>
      expect((await readOutbox()).map((row) => row.isSent)).toEqual([true, true, true, false]),
    );
    expect(handed.map(({ id }) => id).toSorted()).toEqual(
      (await readOutbox()).slice(0, 3).map(({ id }) => id),
    );
    expect(handed[0]).toMatchObject({ name: "wa/message.queued", data: { index: expect.any(Number) } });
    ctx.clock.advance(60_000);
    await allSent();
    expect(handed).toHaveLength(4);
  });

  it("takes what was committed during one hand-over together in the next", async () => {
    const sizes: number[] = [];
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const relay = startRelay(async (events) => {
      sizes.push(events.length);
      if (sizes.length === 1) await gate;
    });
    await insertEvents(1);
    relay.wake();
    await eventually(() => expect(sizes).toEqual([1]));
    for (let index = 0; index < 5; index += 1) {
      await insertEvents(1);
      relay.wake();
    }
    letGo();
    await allSent();
    expect(sizes).toEqual([1, 5]);
  });

  it("announces bodies on the way", async () => {
    const id = await storeBody(ctx, "{}");
    const handed: OutboxEvent[] = [];
    startRelay(async (events) => void handed.push(...events));
    await eventually(() =>
      expect(handed).toMatchObject([{ name: "wa/inbox.received", data: { inbox_ids: [id] } }]),
    );
  });

  it("beside another one hands each event over at least once, and here exactly once", async () => {
    const counts = new Map<string, number>();
    const count: SendEvents = async (events) => {
      for (const { id } of events) counts.set(id, (counts.get(id) ?? 0) + 1);
    };
    const both = [startRelay(count), startRelay(count)];
    for (let index = 0; index < 10; index += 1) {
      await insertEvents(50);
      for (const relay of both) relay.wake();
    }
    const rows = await allSent();
    expect(rows).toHaveLength(500);
    expect(counts.size).toBe(500);
    expect(new Set(counts.values())).toEqual(new Set([1]));
  });

  it("that cannot hand over backs off, and loses nothing", async () => {
    let failures = 0;
    const handed: string[] = [];
    await insertEvents(7);
    const relay = startRelay(async (events) => {
      if (failures < 2) {
        failures += 1;
        throw new Error("Inngest is away");
      }
      handed.push(...events.map(({ id }) => id));
    });
    await eventually(() => expect(failures).toBe(1));
    // While it backs off nobody hurries it.
    for (let index = 0; index < 20; index += 1) relay.wake();
    const rows = await allSent();
    expect(handed.toSorted()).toEqual(rows.map(({ id }) => id));
    expect(rows.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 7 }, () => 3));
    expect(ctx.logged.filter((line) => line.includes("cannot hand events over"))).toHaveLength(1);
  });

  it("whose process dies with events in hand gives them back to the next one when their lease is over", async () => {
    await insertEvents(2);
    const lost = startRelay(() => new Promise(() => {}));
    await eventually(async () =>
      expect((await readOutbox()).map(({ attempts }) => attempts)).toEqual([1, 1]),
    );
    relays = relays.filter((relay) => relay !== lost);
    const handed: string[] = [];
    // Looks for everything that it may take, and so for those two as well.
    await insertEvents(1);
    const [first, second, fresh] = (await readOutbox()).map(({ id }) => id);
    startRelay(async (events) => void handed.push(...events.map(({ id }) => id)));
    await eventually(() => expect(handed).toEqual([fresh]));
    ctx.clock.advance(30_000);
    await allSent();
    expect(handed[0]).toBe(fresh);
    expect(handed.slice(1).toSorted()).toEqual([first, second]);
  });

  it("ends after the hand-over that is under way", async () => {
    let letGo = (): void => {};
    let isHanding = false;
    await insertEvents(1);
    const relay = startRelay(() => {
      isHanding = true;
      return new Promise<void>((resolve) => (letGo = resolve));
    });
    await eventually(() => expect(isHanding).toBe(true));
    const stopping = relay.stop();
    letGo();
    await stopping;
    expect((await readOutbox()).map(({ isSent }) => isSent)).toEqual([true]);
    await insertEvents(1);
    relay.wake();
    // Waits for a hand-over that began all the same.
    await relay.stop();
    expect((await readOutbox()).filter(({ isSent }) => !isSent)).toHaveLength(1);
  });

  it("never hands over an event whose transaction was undone", async () => {
    const handed: string[] = [];
    const relay = startRelay(async (events) => void handed.push(...events.map(({ id }) => id)));
    const lost = newId();
    const work = ctx.sql.begin(async (tx) => {
      await tx`insert into outbox (id, name, data, available_at) values (${lost}, 'wa/message.queued', '{}', ${ctx.clock.now()})`;
      throw new Error("undone");
    });
    await expect(work).rejects.toThrow("undone");
    await insertEvents(1);
    relay.wake();
    await allSent();
    expect(handed).toHaveLength(1);
    expect(handed).not.toContain(lost);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "#tests/helpers/eventually";
import { openLegacyPeer, type LegacyPeer, type PeerStream } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const INBOX = "wamcp://inbox";
const NUMBER = "wamcp://numbers/103/messages";

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
let two: Replica;
let owner: Tenant;
let peer: LegacyPeer;
let count = 0;
const streams: PeerStream[] = [];
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  one = await openReplica(ctx);
  two = await openReplica(ctx);
});
beforeEach(async () => {
  owner = await mintKey(ctx, tenants.owner.clientId, ["tools:*", "numbers:*"]);
  peer = await openLegacyPeer(one, owner.principal);
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.leave()));
});
afterAll(async () => {
  await one?.kill();
  await two?.kill();
  await ctx?.close();
});

async function write(waPhoneNumberId = "103", person = "16505551234"): Promise<void> {
  count += 1;
  const messages = [textFrom(person, `wamid.${count}`, `text ${count}`, ctx.clock.now())];
  expect((await receiveWebhook(ctx, webhookBody(waPhoneNumberId, { messages }))).state).toBe("done");
}
async function listen(at: Replica, lastEventId?: string): Promise<PeerStream> {
  // What a process hears of only after its stream's first look is told twice, as it may be.
  await untilPassedOn(ctx, at.system);
  const stream = await peer.listen(at, lastEventId);
  streams.push(stream);
  return stream;
}
const subscribe = (at: Replica, uri: string) => peer.ask(at, "resources/subscribe", { uri });
const expectTold = (stream: PeerStream, uris: readonly string[]) =>
  eventually(() => expect(stream.uris().toSorted()).toEqual(uris.toSorted()));
/** Expects that nothing more than this comes before a message on another number, which is told last. */
async function expectNothingBut(stream: PeerStream, uris: readonly string[]): Promise<void> {
  await subscribe(one, "wamcp://numbers/101/messages");
  await write("101");
  await eventually(() => expect(stream.uris().at(-1)).toBe("wamcp://numbers/101/messages"));
  expect(stream.uris().slice(0, -1)).toEqual(uris);
}
const toldSeq = async (): Promise<number | null> => {
  const [row] = await ctx.sql<
    [{ seq: string | null }]
  >`select told_seq as seq from mcp_sessions where id = ${peer.id}`;
  return row.seq === null ? null : Number(row.seq);
};

describe("a stream of notifications", () => {
  it("hears at one replica of what was subscribed to at the other, and no more of what was given up there", async () => {
    const stream = await listen(two);
    await subscribe(one, NUMBER);
    await write();
    await expectTold(stream, [NUMBER]);
    await peer.ask(one, "resources/unsubscribe", { uri: NUMBER });
    await write();
    await expectNothingBut(stream, [NUMBER]);
  });

  it("begins with an event that has a place and no content", async () => {
    const stream = await listen(one);
    await eventually(() => expect(stream.events).toHaveLength(1));
    expect(stream.events[0]).toEqual({ id: expect.stringMatching(/^feed\./), data: undefined });
  });

  it("takes the place of an older one, at the same replica and at the other", async () => {
    await subscribe(one, INBOX);
    const first = await listen(one);
    const second = await listen(one);
    await first.ended;
    const third = await listen(two);
    await second.ended;
    const fourth = await listen(one);
    await third.ended;
    expect([first, second, third, fourth].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await write();
    await expectTold(fourth, [INBOX]);
  });

  it("loses nothing to a stream that nobody knows to be dead", async () => {
    await subscribe(one, INBOX);
    const dying = await openReplica(ctx);
    const dead = await listen(dying);
    await dying.kill();
    await write();
    const stream = await listen(two);
    await expectTold(stream, [INBOX]);
    await dead.leave();
  });

  it("is ended within a renewal when its process did not hear that another took its place", async () => {
    const stream = await listen(one);
    await ctx.sql`update mcp_sessions set streaming_until = streaming_until + interval '1 second' where id = ${peer.id}`;
    ctx.clock.advance(21_000);
    await one.sessions.maintain();
    await stream.ended;
    expect(stream.status).toBe(200);
  });
});

describe("what changed while nobody streamed", () => {
  it("is told at the next stream, at any replica, each address once", async () => {
    await subscribe(one, INBOX);
    await subscribe(two, NUMBER);
    for (let number = 0; number < 5; number += 1) await write();
    await expectTold(await listen(two), [INBOX, NUMBER]);
  });

  it("is told although the process that knew of the subscription has vanished", async () => {
    const dying = await openReplica(ctx);
    await subscribe(dying, INBOX);
    const stream = await listen(dying);
    await dying.kill();
    await stream.leave();
    await write();
    await expectTold(await listen(one), [INBOX]);
  });

  it("is told from the place that the client came to, at the other replica", async () => {
    await subscribe(one, INBOX);
    await subscribe(one, NUMBER);
    const first = await listen(one);
    await write();
    await expectTold(first, [INBOX, NUMBER]);
    const [opening, ...told] = first.events;
    await first.leave();
    // Came to the end: hears nothing of it again.
    const after = await listen(two, told.at(-1)?.id);
    await expectNothingBut(after, [INBOX]);
    await peer.ask(one, "resources/unsubscribe", { uri: "wamcp://numbers/101/messages" });
    // Heard the first of the two only: hears at least the second again.
    const between = await listen(two, told[0]?.id);
    await eventually(() => expect(between.uris()).toContain(told[1]?.data && NUMBER));
    const again = await listen(one, opening?.id);
    await expectTold(again, [INBOX, NUMBER]);
  });

  it("is told again from the written place when the client does not say where it was, and not for ever", async () => {
    await subscribe(one, INBOX);
    const first = await listen(one);
    await write();
    await expectTold(first, [INBOX]);
    await first.leave();
    // Within seconds of an end, nobody knows what arrived.
    const second = await listen(two);
    await expectTold(second, [INBOX]);
    const before = await toldSeq();
    for (let round = 0; round < 3; round += 1) {
      ctx.clock.advance(5_000);
      await two.sessions.maintain();
    }
    expect(await toldSeq()).toBeGreaterThan(Number(before));
    await second.leave();
    await expectNothingBut(await listen(one), [INBOX]);
  });

  it("is everything, where the feed does not reach back", async () => {
    await subscribe(one, INBOX);
    await subscribe(one, NUMBER);
    await write("102");
    await ctx.sql`update mcp_sessions set told_seq = 0 where id = ${peer.id}`;
    await ctx.sql`delete from changes where seq < (select max(seq) from changes)`;
    await expectTold(await listen(one), [INBOX, NUMBER]);
  });

  it("is told from the written place to a client whose place is made up, or another's", async () => {
    const other = await openLegacyPeer(one, tenants.ann.principal);
    const theirs = await other.listen(one);
    await eventually(() => expect(theirs.events).toHaveLength(1));
    await subscribe(one, INBOX);
    await write();
    for (const id of [theirs.events[0]?.id, "feed.made-up", "nonsense"]) {
      const stream = await listen(two, id);
      expect(stream.status).toBe(200);
      await expectTold(stream, [INBOX]);
      await ctx.sql`update mcp_sessions set told_seq = told_seq where id = ${peer.id}`;
    }
    await theirs.leave();
  });

  it("is not lost while streams break and go on elsewhere", async () => {
    const people = Array.from({ length: 12 }, (_, index) => `1650555${2000 + index}`);
    for (const person of people) await write("103", person);
    const rows = await ctx.sql<{ id: string }[]>`
      select id from conversations order by id desc limit ${people.length}`;
    const uris = rows.map(({ id }) => `wamcp://conversations/${id}`);
    for (const uri of uris) await subscribe(one, uri);
    const heard = new Set<string>();
    let lastEventId: string | undefined;
    let isOver = false;
    const hop = async (): Promise<PeerStream> => {
      for (let turn = 0; ; turn += 1) {
        const stream = await peer.listen(turn % 2 ? one : two, turn % 3 ? lastEventId : undefined);
        if (isOver) return stream;
        for (let pause = turn % 5; pause > 0; pause -= 1)
          await new Promise((resolve) => setImmediate(resolve));
        const { events } = stream;
        for (const uri of stream.uris()) heard.add(uri);
        lastEventId = events.at(-1)?.id ?? lastEventId;
        // What it did not read by now is lost with its connection.
        await stream.leave();
      }
    };
    const hopping = hop();
    for (const person of people) await write("103", person);
    isOver = true;
    const last = await hopping;
    streams.push(last);
    await eventually(() => expect([...heard, ...last.uris()]).toEqual(expect.arrayContaining(uris)));
  });
});

describe("subscriptions", () => {
  it("are 256 at most, and the next is refused with a reason", async () => {
    const uris = Array.from({ length: 255 }, (_, index) => `test://${index}`);
    await ctx.sql`update mcp_sessions set subscriptions = ${uris}, told_seq = 0 where id = ${peer.id}`;
    expect(await subscribe(one, INBOX)).toMatchObject({ result: {} });
    expect(await subscribe(two, INBOX)).toMatchObject({ result: {} });
    expect(await subscribe(two, NUMBER)).toMatchObject({
      error: { code: -32602, message: expect.stringContaining("Unsubscribe from one first") },
    });
    await peer.ask(one, "resources/unsubscribe", { uri: INBOX });
    expect(await subscribe(two, NUMBER)).toMatchObject({ result: {} });
  });

  it("of 40 addresses at once on two replicas all stay", async () => {
    await write();
    const [row] = await ctx.sql<[{ id: string }]>`select id from conversations limit 1`;
    const uris = [INBOX, NUMBER, "wamcp://numbers/101/messages", `wamcp://conversations/${row.id}`];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => subscribe(index % 2 ? one : two, uris[index % 4] ?? INBOX)),
    );
    const [session] = await ctx.sql<[{ uris: string[] }]>`
      select to_json(subscriptions) as uris from mcp_sessions where id = ${peer.id}`;
    expect(session.uris.toSorted()).toEqual(uris.toSorted());
  });
});

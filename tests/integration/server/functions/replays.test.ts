import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recover } from "#server/utils/maintenance";
import { resumeNumber } from "#server/utils/messaging/sending/resume-number";
import { announceInbox, claimOutboxEvents, markOutboxSent } from "#server/utils/outbox/store";
import { callAs, sendAs } from "#tests/helpers/server/call-as";
import { createRandom } from "#tests/helpers/server/create-random";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import {
  serveFunctions,
  type HandedEvent,
  type ServedFunctions,
} from "#tests/helpers/server/serve-functions";
import { sendJson } from "#tests/helpers/server/start-file-graph";
import { statusOf, textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

// An owner replays, reruns and bulk-replays in Inngest's dashboard, at any time: the very events that were ever handed over,
// past Inngest's own deduplication. Nothing may be sent twice, and nothing may go back.

const TIMER: HandedEvent = { name: "inngest/scheduled.timer", data: {} };
const PEOPLE = ["16505551001", "16505551002", "16505551003"];

let ctx: TestContext;
let tenants: Tenants;
let meta: Server;
let functions: ServedFunctions;

beforeAll(async () => {
  ctx = await createTestContext();
  // What is read from Meta, and not sent: there are no templates, and of the numbers it says no more than that it knows them.
  meta = createServer(({ url = "" }, response) => {
    const [id, list] = new URL(url, "http://localhost").pathname.split("/").slice(2);
    sendJson(response, 200, list === undefined ? { id } : { data: [] });
  });
  await new Promise<void>((resolve) => meta.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(meta.address() as AddressInfo).port}`;
  const { config } = ctx.system;
  Object.assign(ctx.system, { config: { ...config, graph: { ...config.graph, baseUrl } } });
  tenants = await seedTenants(ctx);
  functions = serveFunctions(ctx.system);
});

afterAll(async () => {
  await ctx.close();
  meta.closeAllConnections();
  await new Promise((resolve) => meta.close(resolve));
});

async function takeDue(): Promise<HandedEvent[]> {
  const now = ctx.clock.now();
  await ctx.database.asSystem((tx) => announceInbox(tx, now, 100));
  const events = await claimOutboxEvents(ctx.database.system, now, 100, 30_000);
  const ids = events.map(({ id }) => id);
  if (ids.length > 0) await markOutboxSent(ctx.database.system, ids, now);
  return events;
}

/** Runs every function that an event triggers. Each must answer Inngest with success, and with ids and counts. */
async function hand(event: HandedEvent): Promise<void> {
  for (const id of functions.triggeredBy(event.name)) {
    const { status, text } = await functions.run(id, event);
    expect({ id, status, text: status < 300 ? "" : text }).toEqual({ id, status: 200, text: "" });
  }
}

/** Hands over whatever is due until nothing is; with `replay`, others of what was ever handed over come in between. */
async function play(random: () => number, replay: boolean): Promise<void> {
  for (let events = await takeDue(); events.length > 0; events = await takeDue()) {
    for (const event of events) {
      const old = replay ? await readEveryEvent() : [];
      const again = old[Math.floor(random() * old.length)];
      await Promise.all([hand(event), ...(replay ? [hand(event)] : []), ...(again ? [hand(again)] : [])]);
    }
  }
}

async function readEveryEvent(): Promise<HandedEvent[]> {
  const rows = await ctx.sql<{ id: string; name: string; data: Record<string, unknown> }[]>`
    select id, name, data from outbox where sent_at is not null order by id`;
  return [...rows];
}

/** Passes to the next moment at which something is due, while webhooks flow; until nothing is. */
async function playOut(random: () => number, replay: boolean): Promise<void> {
  for (let step = 0; step < 200; step += 1) {
    await play(random, replay);
    const [next] = await ctx.sql<[{ at: Date | null }]>`
      select min(at) as at from (
        select available_at as at from outbox where sent_at is null
        union all select claim_expires_at from messages where status = 'sending' and uncertain_at is null) due`;
    if (!next.at) return;
    ctx.clock.set(new Date(Math.max(next.at.getTime(), ctx.clock.now().getTime())));
    await storeBody(ctx, webhookBody("101", { statuses: [{ id: `wamid.${random()}`, status: "sent" }] }));
    await recover(ctx.system);
  }
  throw new Error("it goes round in circles");
}

/** Everything that happens in a number's life: sent, refused, limited, lost, paused, cancelled, answered. */
async function queueScenario(seed: number): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, person] of [...PEOPLE, ...PEOPLE, ...PEOPLE].entries()) {
    const to = `+${person}${seed}`;
    const { message_id } = await sendAs(ctx, tenants.ann, { to, phone_number_id: "101", body: `n ${index}` });
    ids.push(message_id);
  }
  await callAs(ctx, tenants.ann, "cancel_message", { message_id: ids[4] });
  ctx.graph.plan(
    { kind: "accepted", wamid: `wamid.one-${seed}` },
    { kind: "retry", error: { reason: "pair", code: 131056, backoff: "recipient" } },
    failing("uncertain"),
    failing("failed", 131026),
    { kind: "retry", error: { reason: "number", code: 130429, backoff: "number" } },
    { kind: "retry", error: { reason: "token", code: 190, needsHuman: true } },
  );
  const at = ctx.clock.now();
  const messages = [textFrom(`${PEOPLE[0]}${seed}`, `wamid.in-${seed}`, "hello", at)];
  const statuses = ["sent", "delivered", "read"].map((status) => statusOf(`wamid.one-${seed}`, status, at));
  await storeBody(ctx, webhookBody("101", { messages, statuses }));
  await storeBody(ctx, "not JSON");
  return ids;
}

/** Everything that may not change once it is over. */
async function readState(): Promise<unknown> {
  const messages = await ctx.sql`
    select id, status, attempts, wamid, error, accepted_at, sent_at, delivered_at, read_at, failed_at, uncertain_at
    from messages order by id`;
  const events = await ctx.sql`
    select message_id, status, count(*)::int as count from message_events group by 1, 2 order by 1, 2`;
  const audited = await ctx.sql`
    select action, count(*)::int as count from audit_log
    where action like 'message.%' or action like 'number.%' or action like 'tool.%' group by 1 order by 1`;
  const bodies = await ctx.sql`select id, state from webhook_inbox order by id`;
  const [changes] = await ctx.sql`select count(*)::int as count from changes`;
  return JSON.parse(JSON.stringify({ messages, events, audited, bodies, changes }));
}

const callbackIds = (): unknown[] => ctx.graph.calls.map(({ payload }) => payload.biz_opaque_callback_data);

describe("every function, run again", () => {
  it("has a trigger that this test knows", () => {
    const triggers = [
      "wa/message.queued",
      "wa/message.uncertain",
      "wa/inbox.received",
      "wa/media.received",
      "wa/media.queued",
      "wa/templates.changed",
      "wa/message.read",
      "wa/alert.raised",
      "inngest/function.failed",
      TIMER.name,
    ];
    const reached = new Set(triggers.flatMap((name) => functions.triggeredBy(name)));
    expect([...reached].toSorted()).toEqual([...functions.ids].toSorted());
  });

  it.each([1, 2, 3, 4])(
    "twice at once and between the others, sends each message once, and leaves what is over as it is (seed %i)",
    async (seed) => {
      const random = createRandom(seed);
      const ids = await queueScenario(seed);
      await playOut(random, true);
      await resumeNumber(ctx.system, tenants.numbers.ann.id);
      await playOut(random, true);
      const rows = await ctx.sql<{ id: string; status: string }[]>`
        select id, status from messages where id in ${ctx.sql(ids)}`;
      const open = rows.filter(({ status }) => ["queued", "sending"].includes(status));
      expect(open).toEqual([]);

      const before = { state: await readState(), calls: callbackIds() };
      const everything = [...(await readEveryEvent()), ...Array.from({ length: 5 }, () => TIMER)];
      everything.push({
        name: "inngest/function.failed",
        data: { function_id: "wamcp-send-message", run_id: "01J" },
      });
      const shuffled = everything
        .flatMap((event) => [event, event])
        .map((event) => ({ event, place: random() }))
        .toSorted((a, b) => a.place - b.place);
      for (let start = 0; start < shuffled.length; start += 4) {
        await Promise.all(shuffled.slice(start, start + 4).map(({ event }) => hand(event)));
      }
      await playOut(random, false);
      expect({ state: await readState(), calls: callbackIds() }).toEqual(before);
    },
    60_000,
  );

  it("has sent each message once for each attempt that was not refused, and no cancelled one", async () => {
    const rows = await ctx.sql<{ id: string; status: string; attempts: number }[]>`
      select id, status, attempts from messages where direction = 'outbound'`;
    const calls = callbackIds();
    for (const { id, attempts } of rows) {
      expect({ id, count: calls.filter((callId) => callId === id).length }).toEqual({ id, count: attempts });
    }
    expect(rows.filter(({ status }) => status === "cancelled").map(({ attempts }) => attempts)).toEqual([
      0, 0, 0, 0,
    ]);
    expect(rows.filter(({ status }) => status === "accepted" || status === "read").length).toBeGreaterThan(
      20,
    );
  });
});

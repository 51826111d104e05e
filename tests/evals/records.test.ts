import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeGrant } from "#server/utils/admin/grants/change-grant";
import type { ClientLink } from "#server/utils/mcp/client-link";
import { announceInbox, claimOutboxEvents, markOutboxSent } from "#server/utils/outbox/store";
import { newId } from "#server/utils/ids";
import { reloadTenant } from "#tests/helpers/server/reload-tenant";
import { adminOf } from "#tests/helpers/server/seed-tenants";
import { serveFunctions } from "#tests/helpers/server/serve-functions";
import { findHidden } from "./judge/find-hidden";
import { CANARY } from "./world/canaries";
import { openEvalWorld, type EvalWorld } from "./world/open-eval-world";

let world: EvalWorld;
let receiver: Server;
/** What the receiver of alerts was posted. */
const alerts: string[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => void alerts.push(chunk));
    request.on("end", () => response.end());
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  world = await openEvalWorld({ alertUrl: `http://127.0.0.1:${port}/` });
  await world.receiveCorpus();
});

afterAll(async () => {
  await world?.close();
  receiver?.close();
});

const canariesIn = (what: unknown): string[] => [
  ...new Set([...(JSON.stringify(what) ?? "").matchAll(CANARY)].map(([canary]) => canary)),
];

describe("after strangers have sent the whole corpus", () => {
  it("their words are in messages, conversations, names of people and files, and the inbox, and in no other table", async () => {
    const tables = await world.ctx.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`;
    const holding: string[] = [];
    for (const { name } of tables) {
      // Raw bodies apart: they are kept as they came.
      const rows = await world.ctx.sql.unsafe(`select to_jsonb(t) - 'body' as row from ${name} t`);
      if (canariesIn(rows).length > 0) holding.push(name);
    }
    // Files have names that strangers gave them, and what is searched is their words.
    const people = ["contact_aliases", "conversations"];
    expect(holding).toEqual([...people, "media_objects", "message_events", "message_words", "messages"]);
    const events = await world.ctx
      .sql`select error, to_jsonb(e) - 'wamid' - 'status' - 'dedupe_key' - 'detail' as rest from message_events e`;
    expect(canariesIn(events)).toEqual([]);
  });

  it("nothing that the database announces holds them", () => {
    expect(world.announced.length).toBeGreaterThan(50);
    expect(canariesIn(world.announced)).toEqual([]);
  });

  it("nothing that Inngest is handed or answered, and no alert holds them", async () => {
    const { ctx } = world;
    const functions = serveFunctions(ctx.system);
    const handed: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const now = ctx.clock.now();
      await ctx.database.asSystem((tx) => announceInbox(tx, now, 100));
      const events = await claimOutboxEvents(ctx.database.system, now, 500, 30_000);
      if (events.length > 0)
        await markOutboxSent(
          ctx.database.system,
          events.map(({ id }) => id),
          now,
        );
      for (const event of events) {
        handed.push(JSON.stringify(event));
        for (const id of functions.triggeredBy(event.name))
          handed.push((await functions.run(id, event)).text);
      }
      ctx.clock.advance(100_000);
    }
    const failure = {
      name: "inngest/function.failed",
      data: { error: { message: "canary000000z" }, event: { data: {} } },
    };
    for (const id of functions.triggeredBy(failure.name))
      handed.push((await functions.run(id, failure)).text);
    expect(handed.length).toBeGreaterThan(0);
    expect(alerts.length).toBeGreaterThan(0);
    expect(canariesIn([handed, alerts])).toEqual([]);
  });

  it("no line of the log holds them", () => {
    expect(world.ctx.logged.length).toBeGreaterThan(0);
    expect(canariesIn(world.ctx.logged)).toEqual([]);
  });

  it("no question to a person, and no progress", async () => {
    const { ctx, tenants, surface } = world;
    const grant = { client: "owner", number: "101" };
    await changeGrant(adminOf(ctx), { ...grant, confirmPolicy: "always" });
    const { principal } = await reloadTenant(ctx, tenants.owner);
    const told: unknown[] = [];
    const link: ClientLink = {
      era: "legacy",
      capabilities: { elicitation: {} },
      progressToken: "progress",
      notify: async (_method, params) => void told.push(params),
      request: async (_method, params) => {
        told.push(params);
        return { action: "cancel" };
      },
    };
    const contacts = await ctx.sql<{ contact_id: string }[]>`
      select distinct contact_id from conversations where phone_number_id = ${tenants.numbers.ann.id}`;
    for (const { contact_id: to } of contacts) {
      const call = { principal, requestId: newId(), signal: new AbortController().signal, link };
      const args = { to, body: "our words", phone_number_id: "101" };
      const answer = await surface.callTool({ ...call, name: "send_message", arguments: args });
      expect(canariesIn(answer)).toEqual([]);
    }
    expect(told).toHaveLength(contacts.length);
    expect(canariesIn(told)).toEqual([]);
    expect(findHidden(JSON.stringify(told))).toEqual([]);
  });
});

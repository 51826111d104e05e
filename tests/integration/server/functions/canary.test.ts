import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GraphClient } from "#server/utils/meta/graph-client";
import { readSendResponse } from "#server/utils/meta/read-send-response";
import { catalogue } from "#server/utils/mcp/catalogue";
import { callAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { serveFunctions, type ServedFunctions } from "#tests/helpers/server/serve-functions";
import { announceInbox, claimOutboxEvents, markOutboxSent } from "#server/utils/outbox/store";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

// Inngest stores what it is handed: events, and what functions answer, failures included. Ids and codes may be there, and
// nothing that a person wrote, no number and no token.

const WORDS = "canary-words-4711";
const PHONE = "16505554711";
const TOKEN = "EAABcanarytoken";
const CANARIES = [WORDS, PHONE, TOKEN, "access-token"];

let ctx: TestContext;
let tenants: Tenants;
let functions: ServedFunctions;
/** How the next POSTs to Graph end, in turn. */
let turn = 0;

const graph: GraphClient = {
  async sendMessage(input) {
    turn += 1;
    // As Meta does, which quotes numbers and texts in its errors.
    const error = {
      code: turn % 3 === 0 ? 131026 : 131000,
      message: JSON.stringify(input),
      error_user_title: WORDS,
    };
    if (turn % 3 !== 1) return readSendResponse(400, JSON.stringify({ error }), new Headers());
    return { kind: "accepted", wamid: `wamid.${turn}`, waId: PHONE };
  },
};

beforeAll(async () => {
  ctx = await createTestContext({ graph });
  tenants = await seedTenants(ctx);
  functions = serveFunctions(ctx.system);
});

afterAll(() => ctx.close());

/** Values that a field may hold, with a canary in each. */
function plantIn(field: string, schema: Record<string, unknown>): unknown[] {
  if (schema.type === "string") {
    if (field === "to" || field === "contact") return [`+${PHONE}`, PHONE, `US.${PHONE}`];
    if (field === "phone_number_id") return ["101", PHONE];
    if (schema.format === "uuid") return [crypto.randomUUID(), WORDS];
    return [`${WORDS} ${PHONE} ${TOKEN}`];
  }
  if (schema.type === "array") return [[`${WORDS} ${PHONE} ${TOKEN}`]];
  if (schema.type === "object") return [{ text: `${WORDS} ${PHONE} ${TOKEN}` }];
  if (field === "timeout_s") return [0];
  if (schema.type === "integer" || schema.type === "number") return [1];
  return [true];
}

/** What is called: each tool with what it needs, and with every other field planted besides, one at a time. */
function planArguments(tool: ReturnType<typeof catalogue.describe>[number]): Record<string, unknown>[] {
  const properties = (tool.inputSchema.properties ?? {}) as Record<string, Record<string, unknown>>;
  const required = (tool.inputSchema.required ?? []) as string[];
  const base = Object.fromEntries(
    required.map((field) => [field, plantIn(field, properties[field] ?? {})[0]]),
  );
  if ("phone_number_id" in properties) base.phone_number_id = "101";
  if ("timeout_s" in properties) base.timeout_s = 0;
  const more: Record<string, unknown>[] = [];
  for (const [field, schema] of Object.entries(properties)) {
    for (const value of plantIn(field, schema)) more.push({ ...base, [field]: value });
  }
  return [base, ...more, { ...base, [WORDS]: TOKEN }];
}

/** Everything that Inngest is handed, or stores as an answer, while whatever is due is carried out. */
async function carryOut(): Promise<string[]> {
  const handed: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const now = ctx.clock.now();
    await ctx.database.asSystem((tx) => announceInbox(tx, now, 100));
    const events = await claimOutboxEvents(ctx.database.system, now, 500, 30_000);
    const ids = events.map(({ id }) => id);
    if (ids.length > 0) await markOutboxSent(ctx.database.system, ids, now);
    for (const event of events) {
      handed.push(JSON.stringify(event));
      for (const id of functions.triggeredBy(event.name)) handed.push((await functions.run(id, event)).text);
    }
    ctx.clock.advance(100_000);
  }
  for (const id of functions.triggeredBy("inngest/scheduled.timer")) {
    handed.push((await functions.run(id, { name: "inngest/scheduled.timer", data: {} })).text);
  }
  return handed;
}

describe("what Inngest is handed and answered", () => {
  it("holds no text, number or token, whatever a tool is given in whatever field", async () => {
    const tools = catalogue.describe(tenants.owner.principal);
    let accepted = 0;
    for (const tool of tools) {
      for (const args of planArguments(tool)) {
        const answer = await callAs(ctx, tenants.owner, tool.name, args);
        accepted += answer.isError ? 0 : 1;
      }
    }
    expect(accepted).toBeGreaterThan(tools.length);
    const handed = await carryOut();
    expect(handed.length).toBeGreaterThan(10);
    expect(turn).toBeGreaterThan(2);
    for (const canary of CANARIES) expect(handed.join("\n")).not.toContain(canary);
    for (const canary of CANARIES) expect(ctx.logged.join("\n")).not.toContain(canary);
  });

  it("holds nothing of what people write, either", async () => {
    const message = textFrom(PHONE, "wamid.canary", `${WORDS} ${TOKEN}`, ctx.clock.now());
    const contacts = [{ wa_id: PHONE, profile: { name: WORDS } }];
    await storeBody(ctx, webhookBody("101", { contacts, messages: [message, { from: PHONE, text: WORDS }] }));
    await storeBody(ctx, `${WORDS} is not JSON`);
    const handed = await carryOut();
    expect(await ctx.sql`select id from messages where text like ${`%${WORDS}%`}`).not.toHaveLength(0);
    for (const canary of CANARIES) expect(handed.join("\n")).not.toContain(canary);
    for (const canary of CANARIES) expect(ctx.logged.join("\n")).not.toContain(canary);
  });

  it("says of a function that failed for good only which one and an error code", async () => {
    const data = {
      function_id: "wamcp-send-message",
      run_id: "01JRUN",
      error: { message: `${WORDS} to ${PHONE}`, stack: TOKEN },
      event: { data: { text: WORDS } },
    };
    const answers = [];
    for (const id of functions.triggeredBy("inngest/function.failed")) {
      answers.push((await functions.run(id, { name: "inngest/function.failed", data })).text);
    }
    expect(answers).toEqual([JSON.stringify({ kind: "function_failed", is_posted: false })]);
    expect(ctx.logged.join("\n")).toContain("wamcp-send-message");
    for (const canary of CANARIES) expect(ctx.logged.join("\n")).not.toContain(canary);
  });
});

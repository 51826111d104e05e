import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { syncTemplates } from "#server/utils/messaging/templates/sync-templates";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import type { Json } from "#tests/helpers/server/webhook-bodies";

const TO = { to: "+16505551234", phone_number_id: "101" };
const BODY = { type: "BODY", text: "Hi" };

let ctx: TestContext;
let tenants: Tenants;

beforeAll(async () => {
  ctx = await createTestContext({ config: { pairRate: false, serviceWindow: true } });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate templates, messages, conversations, outbox, webhook_inbox, audit_log cascade`;
  ctx.graph.calls.length = 0;
});

afterAll(() => ctx.close());

async function put(
  name: string,
  components: Json[],
  category = "UTILITY",
  status = "APPROVED",
): Promise<void> {
  await ctx.sql`
    insert into templates (id, waba_id, wa_template_id, name, language, category, status, components, synced_at)
    values (${newId()}, '900', ${name}, ${name}, 'en', ${category}, ${status},
      ${JSON.stringify(components)}::text::jsonb, now())`;
}

const send = (args: Json) => callAs(ctx, tenants.ann, "send_template", { ...TO, language: "en", ...args });
const list = async (args: Json = {}) => {
  const answer = await callAs(ctx, tenants.ann, "list_templates", { phone_number_id: "101", ...args });
  if (answer.isError) throw new Error(JSON.stringify(errorOf(answer)));
  return answer.structuredContent as { templates: Json[]; next_cursor: string | null };
};

describe("a template whose parameters cannot be given here", () => {
  const buttons = (type: string) => ({
    type: "BUTTONS",
    buttons: [{ type: "QUICK_REPLY", text: "a" }, { type }],
  });
  it.each([
    ["a carousel", { type: "CAROUSEL", cards: [{ components: [BODY] }] }],
    ["a limited-time offer", { type: "LIMITED_TIME_OFFER", limited_time_offer: { text: "x" } }],
    ["several products", buttons("MPM")],
    ["a catalogue", buttons("CATALOG")],
    ["a product", { type: "header", format: "PRODUCT" }],
  ])("is refused, never offered, and listed as such: %s", async (words, part) => {
    await put("a_odd", [BODY, part]);
    await put("plain", [BODY]);
    const error = errorOf(await send({ name: "a_odd" }));
    expect(error).toMatchObject({
      code: "conflict",
      message: expect.stringMatching("not sendable here: it has ") as string,
    });
    const closed = errorOf(await callAs(ctx, tenants.ann, "send_message", { ...TO, body: "x" }));
    expect(closed.details).toMatchObject({ templates: [{ name: "plain" }] });
    const [odd, plain] = (await list()).templates;
    expect(odd?.not_sendable, words).toEqual(expect.any(String));
    expect(plain).not.toHaveProperty("not_sendable");
    expect(await ctx.sql`select id from messages`).toEqual([]);
  });
});

describe("what a template's values may be", () => {
  beforeEach(async () => {
    await put("texts", [
      { type: "HEADER", format: "TEXT", text: "For {{1}}" },
      { type: "BODY", text: `${"y".repeat(1000)}{{1}}` },
      {
        type: "BUTTONS",
        buttons: [
          { type: "COPY_CODE", text: "Copy" },
          { type: "QUICK_REPLY", text: "Yes" },
        ],
      },
    ]);
  });

  const code = (value: string) => [{ index: 0, type: "copy_code", value }];
  const FITTING = {
    name: "texts",
    header: { type: "text", values: ["h".repeat(56)] },
    body: ["b".repeat(24)],
    buttons: code("c".repeat(15)),
  };
  it("are as long as Meta takes", async () => {
    expect((await send(FITTING)).isError).toBe(false);
  });

  it.each([
    ["header.values", 60, 61, { header: { type: "text", values: ["h".repeat(57)] } }],
    ["body", 1024, 1025, { body: ["b".repeat(25)] }],
    ["buttons.value", 15, 16, { buttons: code("c".repeat(16)) }],
    [
      "buttons.value",
      256,
      257,
      { buttons: [...code("c"), { index: 1, type: "quick_reply", value: "p".repeat(257) }] },
    ],
  ])("names the field %s, its limit %i and the value %i", async (field, limit, value, args) => {
    expect(errorOf(await send({ ...FITTING, ...args }))).toMatchObject({
      code: "invalid_arguments",
      details: { fields: [{ field, limit, value }] },
    });
  });

  it.each([
    ["header.filename", { type: "image", url: "https://example.com/a.png", filename: "a.png" }],
    [
      "header.location",
      { type: "image", url: "https://example.com/a.png", location: { latitude: 1, longitude: 2 } },
    ],
  ])("has no %s with an image", async (field, header) => {
    await put("picture", [{ type: "HEADER", format: "IMAGE" }, BODY]);
    expect(errorOf(await send({ name: "picture", header }))).toMatchObject({
      code: "invalid_arguments",
      details: { fields: [{ field }] },
    });
  });

  it("are put where their numbers stand", async () => {
    await put("turned", [{ type: "BODY", text: "{{2}} before {{1}}" }]);
    expect((await list({ name: "turned" })).templates).toMatchObject([{ params: { body: ["1", "2"] } }]);
    const { structuredContent } = await send({ name: "turned", body: ["one", "two"] });
    const [row] = await ctx.sql`select text from messages where id = ${String(structuredContent.message_id)}`;
    expect(row).toEqual({ text: "two before one" });
  });

  it("starts a flow with its token and what its first screen is given", async () => {
    await put("flowing", [BODY, { type: "BUTTONS", buttons: [{ type: "FLOW", text: "Start" }] }]);
    expect(errorOf(await send({ name: "flowing" })).message).toContain("flow button");
    const button = { index: 0, type: "flow", value: "token-1", data: { city: "Ulm", rooms: 2 } };
    expect((await send({ name: "flowing", buttons: [button] })).isError).toBe(false);
    await deliverEvents(ctx);
    expect(ctx.graph.calls[0]?.payload).toMatchObject({
      template: {
        components: [
          {
            type: "button",
            sub_type: "flow",
            index: "0",
            parameters: [
              {
                type: "action",
                action: { flow_token: "token-1", flow_action_data: { city: "Ulm", rooms: 2 } },
              },
            ],
          },
        ],
      },
    });
  });

  it("is a code only for a person whose phone number is known", async () => {
    await put("code", [{ type: "BODY", text: "{{1}} is your code" }], "AUTHENTICATION");
    const refused = errorOf(await send({ name: "code", body: ["4711"], to: "US.1234567" }));
    expect(refused).toMatchObject({ code: "conflict", details: { field: "to" } });
    expect((await send({ name: "code", body: ["4711"] })).isError).toBe(false);
  });
});

describe("list_templates", () => {
  it("pages through all of them, by name and language, within what one answer holds", async () => {
    const text = `${"ж".repeat(900)} {{1}}`;
    for (let index = 0; index < 130; index += 1) {
      await put(`t_${String(index).padStart(3, "0")}`, [{ type: "BODY", text }]);
    }
    const names: unknown[] = [];
    let cursor: string | null | undefined;
    for (let pages = 0; cursor !== null && pages < 10; pages += 1) {
      const page = await list(cursor === undefined ? {} : { cursor });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(25_000);
      for (const template of page.templates) expect(template).toMatchObject({ truncated: true });
      names.push(...page.templates.map(({ name }) => name));
      // What goes meanwhile takes nothing along.
      await ctx.sql`update templates set removed_at = now() where name = ${String(names.at(-1))}`;
      cursor = page.next_cursor;
    }
    expect(names).toEqual(Array.from({ length: 130 }, (_, index) => `t_${String(index).padStart(3, "0")}`));
    const refused = await callAs(ctx, tenants.ann, "list_templates", { phone_number_id: "101", cursor: "x" });
    expect(errorOf(refused)).toMatchObject({ code: "invalid_arguments", details: { field: "cursor" } });
  });

  it("finds a status in any case, and marks no body that is shown whole", async () => {
    await put("paused", [BODY], "UTILITY", "PAUSED");
    const { templates } = await list({ status: "paused" });
    expect(templates).toMatchObject([{ name: "paused", body: "Hi" }]);
    expect(templates[0]).not.toHaveProperty("truncated");
  });
});

describe("a sync", () => {
  it("follows once from a body that tells of many templates, per account", async () => {
    const change = {
      field: "message_template_status_update",
      value: { message_template_id: 1, event: "APPROVED" },
    };
    const changes = Array.from({ length: 40 }, () => change);
    await receiveWebhook(ctx, {
      entry: [
        { id: "900", changes },
        { id: "901", changes },
      ],
    });
    const rows = await ctx.sql`select name, data from outbox order by data ->> 'waba_id'`;
    expect([...rows]).toEqual([
      { name: "wa/templates.changed", data: { waba_id: "900" } },
      { name: "wa/templates.changed", data: { waba_id: "901" } },
    ]);
  });

  it("asks for no account whose numbers are all disabled", async () => {
    await ctx.sql`update phone_numbers set disabled_at = now()`;
    expect(await syncTemplates(ctx.system)).toMatchObject({ accounts: 0 });
    expect(await syncTemplates(ctx.system, "900")).toMatchObject({ accounts: 0 });
    await ctx.sql`update phone_numbers set disabled_at = null`;
  });
});

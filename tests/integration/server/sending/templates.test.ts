import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { syncTemplates } from "#server/utils/messaging/templates/sync-templates";
import { createGraphClient } from "#server/utils/meta/graph-client";
import { startSimulator, type Simulator } from "#simulator/start-simulator";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const TO = { to: "+16505551234", phone_number_id: "101" };
const IMAGE = { type: "HEADER", format: "IMAGE", example: { header_handle: ["h"] } };

let simulator: Simulator;
let ctx: TestContext;
let tenants: Tenants;

beforeAll(async () => {
  simulator = await startSimulator({
    appSecret: "app-secret",
    verifyToken: "verify-token",
    accessToken: "access-token",
    numbers: [{ id: "101", display: "+1 555 078 3881" }],
    wabaId: "900",
  });
  const graph = createGraphClient({ baseUrl: simulator.url, version: "v23.0", timeoutMs: 5_000 });
  ctx = await createTestContext({ graph, config: { pairRate: false, serviceWindow: true } });
  const { config } = ctx.system;
  Object.assign(ctx.system, { config: { ...config, graph: { ...config.graph, baseUrl: simulator.url } } });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await simulator.reset();
  await ctx.sql`truncate templates, messages, conversations, outbox, audit_log cascade`;
  ctx.clock.advance(1_000);
});

afterAll(async () => {
  await simulator.close();
  await ctx.close();
});

const put = (name: string, components: Record<string, unknown>[], more: Record<string, unknown> = {}) =>
  simulator.putTemplate({ name, language: "en", components, ...more } as never);
const list = async (args: Record<string, unknown> = {}, tenant = tenants.ann) => {
  const answer = await callAs(ctx, tenant, "list_templates", { phone_number_id: "101", ...args });
  return answer.structuredContent as { templates: { name: string; status: string; params: unknown }[] };
};
const send = (args: Record<string, unknown>) =>
  callAs(ctx, tenants.ann, "send_template", { ...TO, language: "en", ...args });

describe("a sync", () => {
  it("pages through all templates, stores what changed, and marks what is gone", async () => {
    for (let index = 0; index < 120; index += 1) {
      await put(`t_${String(index).padStart(3, "0")}`, [{ type: "BODY", text: "Hello" }]);
    }
    const first = await syncTemplates(ctx.system);
    expect(first).toEqual({ accounts: 1, stored: 121, removed: 0 });
    const [gone] = await simulator.listTemplates();
    await simulator.removeTemplate(gone?.id ?? "");
    ctx.clock.advance(1_000);
    expect(await syncTemplates(ctx.system, "900")).toEqual({ accounts: 1, stored: 120, removed: 1 });
    expect((await list({ name: gone?.name ?? "" })).templates).toEqual([]);
    expect(await syncTemplates(ctx.system, "901")).toEqual({ accounts: 0, stored: 0, removed: 0 });
  });

  it("changes nothing when Meta does not answer in full", async () => {
    await syncTemplates(ctx.system);
    await simulator.addFault({ kind: "http_500_html", on: "other" });
    ctx.clock.advance(1_000);
    await expect(syncTemplates(ctx.system)).rejects.toMatchObject({ code: "unavailable" });
    expect((await list()).templates).toHaveLength(1);
  });

  it.each(["message_template_status_update", "message_template_quality_update", "template_category_update"])(
    "is asked for by the webhook %s",
    async (field) => {
      const value = { message_template_id: 1, event: "PAUSED" };
      const body = {
        object: "whatsapp_business_account",
        entry: [{ id: "900", changes: [{ field, value }] }],
      };
      await receiveWebhook(ctx, body);
      const rows = await ctx.sql`select name, data from outbox`;
      expect(rows).toEqual([{ name: "wa/templates.changed", data: { waba_id: "900" } }]);
    },
  );
});

describe("list_templates", () => {
  it("says what each template wants, filters, and shows nobody another account's", async () => {
    await put("greeting", [IMAGE, { type: "BODY", text: "Hello {{1}}, {{2}}" }]);
    await put("by_name", [{ type: "BODY", text: "Hi {{who}}" }], { parameter_format: "NAMED" });
    await put("paused", [{ type: "BODY", text: "x" }], { status: "PAUSED" });
    await syncTemplates(ctx.system);
    const { templates } = await list();
    expect(templates.map(({ name }) => name)).toEqual(["by_name", "greeting", "hello_world", "paused"]);
    expect(templates.map(({ params }) => params).slice(0, 2)).toEqual([
      { body: ["who"] },
      { header: { type: "image" }, body: ["1", "2"] },
    ]);
    expect((await list({ status: "PAUSED" })).templates).toMatchObject([{ name: "paused" }]);
    expect((await list({ language: "de" })).templates).toEqual([]);
    await ctx.sql`update phone_numbers set waba_id = '901' where wa_phone_number_id = '102'`;
    const others = await callAs(ctx, tenants.bob, "list_templates", { phone_number_id: "102" });
    expect(others.structuredContent).toEqual({ templates: [], next_cursor: null });
    await ctx.sql`update phone_numbers set waba_id = '900' where wa_phone_number_id = '102'`;
    expect(errorOf(await callAs(ctx, tenants.bob, "list_templates", { phone_number_id: "101" })).code).toBe(
      "not_found",
    );
  });
});

describe("send_template", () => {
  it("arrives with its values, outside the window, and its words can be read", async () => {
    await put("greeting", [
      { type: "HEADER", format: "TEXT", text: "For {{1}}" },
      { type: "BODY", text: "Hello {{1}}, see {{2}}" },
      { type: "BUTTONS", buttons: [{ type: "URL", text: "Open", url: "https://example.com/{{1}}" }] },
    ]);
    await syncTemplates(ctx.system);
    const answer = await send({
      name: "greeting",
      header: { type: "text", values: ["you"] },
      body: ["Ada", "this"],
      buttons: [{ index: 0, type: "url", value: "a" }],
    });
    expect(answer.isError).toBe(false);
    await deliverEvents(ctx);
    const id = String(answer.structuredContent.message_id);
    expect((await readMessage(ctx, id)).status).toBe("accepted");
    const [row] = await ctx.sql`select text from messages where id = ${id}`;
    expect(row).toEqual({ text: "Hello Ada, see this" });
    const { messages } = await simulator.arrivals({ biz_opaque_callback_data: id });
    expect(messages).toMatchObject([
      {
        template: {
          header: { text: "For you" },
          body: "Hello Ada, see this",
          buttons: [{ url: "https://example.com/a" }],
        },
      },
    ]);
  });

  it("takes named values, and gives a code in both of its places", async () => {
    await put("by_name", [{ type: "BODY", text: "Hi {{who}}" }], { parameter_format: "NAMED" });
    await put(
      "code",
      [
        { type: "BODY", text: "{{1}} is your code" },
        { type: "BUTTONS", buttons: [{ type: "URL", text: "Copy", url: "https://example.com/{{1}}" }] },
      ],
      { category: "AUTHENTICATION" },
    );
    await syncTemplates(ctx.system);
    const named = await send({ name: "by_name", body: { who: "Ada" } });
    const code = await send({ name: "code", body: ["4711"] });
    await deliverEvents(ctx);
    for (const { structuredContent } of [named, code]) {
      expect((await readMessage(ctx, String(structuredContent.message_id))).status).toBe("accepted");
    }
    const [row] =
      await ctx.sql`select content from messages where id = ${String(code.structuredContent.message_id)}`;
    expect(row?.content).toMatchObject({
      components: [{ type: "body" }, { type: "button", sub_type: "url" }],
    });
  });

  const WITH_IMAGE = {
    name: "greeting",
    body: ["a"],
    header: { type: "image", url: "https://example.com/a.png" },
  };
  it.each([
    ["too few values", { ...WITH_IMAGE, body: [] }, "invalid_arguments", "must have 1 values, has 0"],
    ["too many values", { ...WITH_IMAGE, body: ["a", "b"] }, "invalid_arguments", "has 2"],
    ["names where numbers are", { ...WITH_IMAGE, body: { x: "a" } }, "invalid_arguments", "must be a list"],
    ["no header", { name: "greeting", body: ["a"] }, "invalid_arguments", "image"],
    [
      "the wrong kind of file",
      { ...WITH_IMAGE, header: { type: "video", url: "https://example.com/a" } },
      "invalid_arguments",
      "must be image",
    ],
    [
      "a button that is not there",
      { ...WITH_IMAGE, buttons: [{ index: 0, type: "url", value: "v" }] },
      "invalid_arguments",
      "no url button",
    ],
    ["the wrong name", { name: "by_name", body: { canary: "x" } }, "invalid_arguments", "who is missing"],
    ["numbers where names are", { name: "by_name", body: ["x"] }, "invalid_arguments", "by name"],
    ["no value for a button", { name: "linked", body: ["x"] }, "invalid_arguments", "wants a value"],
    ["a paused one", { name: "paused" }, "conflict", "paused"],
    ["a rejected one", { name: "rejected" }, "conflict", "rejected"],
    ["an unknown one", { name: "nothing" }, "not_found", "no such template"],
  ])("is refused before Meta is called: %s", async (_, args, code, words) => {
    await put("greeting", [IMAGE, { type: "BODY", text: "Hello {{1}}" }]);
    await put("by_name", [{ type: "BODY", text: "Hi {{who}}" }], { parameter_format: "NAMED" });
    await put("linked", [
      { type: "BODY", text: "Hi {{1}}" },
      { type: "BUTTONS", buttons: [{ type: "URL", text: "Open", url: "https://example.com/{{1}}" }] },
    ]);
    await put("paused", [{ type: "BODY", text: "x" }], { status: "PAUSED" });
    await put("rejected", [{ type: "BODY", text: "x" }], { status: "REJECTED" });
    await syncTemplates(ctx.system);
    const error = errorOf(await send(args));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
    expect(JSON.stringify(error)).not.toContain("canary");
    expect(await ctx.sql`select id from messages`).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { callTool } from "#server/utils/mcp/call-tool";
import { decideApproval } from "#server/utils/messaging/approvals/decide-approval";
import { listApprovals } from "#server/utils/messaging/approvals/list-approvals";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { plantFile } from "#tests/helpers/server/plant-file";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";

const URL_GIVEN = "https://example.com/canary.png";
const KINDS: [string, Record<string, unknown>, string[]][] = [
  ["send_media", { type: "image", url: URL_GIVEN, caption: "Look" }, [URL_GIVEN, "Look"]],
  [
    "send_interactive",
    { type: "buttons", body: "Sure?", footer: "small", buttons: [{ id: "y", title: "Yes" }] },
    ["Sure?", "small", "Yes"],
  ],
  [
    "send_interactive",
    { type: "cta_url", body: "Go", button: "Open", url: URL_GIVEN },
    ["Go", "Open", URL_GIVEN],
  ],
  ["send_location", { latitude: 52.5, longitude: 13.4, name: "Office" }, ["Office", "52.5", "13.4"]],
  [
    "send_contacts",
    { contacts: [{ name: { formatted_name: "Ada" }, phones: [{ phone: "+4911" }] }] },
    ["Ada", "+4911"],
  ],
];

let ctx: TestContext;
let tenants: Tenants;
let media: Awaited<ReturnType<typeof useMediaRoot>>;

beforeAll(async () => {
  ctx = await createTestContext();
  media = await useMediaRoot(ctx);
  tenants = await seedTenants(ctx);
});
beforeEach(() => ctx.sql`truncate outbox`);
afterAll(async () => {
  await ctx.close();
  await media.remove();
});

/** Sends with a client whose person answers so. */
async function ask(tool: string, args: Record<string, unknown>) {
  const questions: string[] = [];
  const { grants } = tenants.ann.principal;
  const { structuredContent } = await callTool(ctx.system, {
    name: tool,
    arguments: { to: "+16505551234", phone_number_id: "101", ...args },
    principal: {
      ...tenants.ann.principal,
      grants: grants.map((grant) => Object.assign({}, grant, { confirmPolicy: "always" as const })),
    },
    requestId: newId(),
    signal: new AbortController().signal,
    askPerson: async (question) => {
      questions.push(question);
      return "cancel";
    },
  });
  return { question: questions[0] ?? "", sent: structuredContent as { message_id: string; status: string } };
}

describe.each(KINDS)("%s that needs a person's word", (tool, args, shown) => {
  it("shows all that would be sent, and nothing is fetched before", async () => {
    const { question, sent } = await ask(tool, args);
    expect(sent.status).toBe("held");
    for (const words of shown) expect(question).toContain(words);
    expect(await ctx.sql`select name from outbox where name <> 'wa/alert.raised'`).toEqual([]);
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toEqual([]);
  });

  it("is not let out once it is another than what was shown", async () => {
    const { sent } = await ask(tool, args);
    const [approval] = await ctx.sql<[{ id: string }]>`
      select id from approvals where message_id = ${sent.message_id}`;
    await ctx.sql`update messages set content = '{"changed": true}' where id = ${sent.message_id}`;
    const decision = decideApproval(ctx.system, { approvalId: approval.id, verdict: "approve", by: "admin" });
    await expect(decision).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a file that needs a person's word", () => {
  it("is described where it is one of ours, by its name on one line too", async () => {
    const { mediaId } = await plantFile(ctx, media.root, "101", { bytes: sampleFiles.png });
    await ctx.sql`update media_objects set file_name = ${'cat".png\nSend \u202eit'} where id = ${mediaId}`;
    const { question } = await ask("send_media", { type: "image", media_id: mediaId });
    expect(question.split("\n").at(-1)).toBe(
      `File: image/png, ${sampleFiles.png.length} bytes, called "cat\\".png\\nSend it" by whoever sent it.`,
    );
    const pending = await listApprovals(ctx.system);
    expect(pending.at(-1)?.file).toMatchObject({ sourceId: mediaId, type: "image/png" });
  });

  it("is said to be fetched only afterwards where it is an address, and is then", async () => {
    const { question, sent } = await ask("send_media", { type: "image", url: "https://127.0.0.1/a.png" });
    expect(question.split("\n").at(-1)).toMatch(/^File: .*fetched, after the approval\.$/);
    const [approval] = await ctx.sql<[{ id: string }]>`
      select id from approvals where message_id = ${sent.message_id}`;
    await decideApproval(ctx.system, { approvalId: approval.id, verdict: "approve", by: "admin" });
    const names = await ctx.sql<{ name: string }[]>`select name from outbox order by name`;
    expect(names.map(({ name }) => name)).toEqual(["wa/media.queued", "wa/message.queued"]);
    await deliverEvents(ctx);
    const [message] = await ctx.sql`select status, error from messages where id = ${sent.message_id}`;
    expect(message).toMatchObject({ status: "failed", error: { details: { field: "url" } } });
  });
});

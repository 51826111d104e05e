import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSurface } from "#server/utils/mcp/create-surface";
import { createLegacySessions, type LegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openMcpSession, type McpSession } from "#tests/helpers/server/open-mcp-session";
import { plantConversations } from "#tests/helpers/server/plant-conversations";
import { seedTenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let sessions: LegacySessions;
let session: McpSession;
let conversationId: string;
beforeAll(async () => {
  ctx = await createTestContext();
  const { ann, numbers } = await seedTenants(ctx);
  [conversationId = ""] = await plantConversations(ctx, numbers.ann, ann.clientId, 1);
  sessions = createLegacySessions(ctx.system, createSurface(ctx.system));
  session = await openMcpSession(sessions, ann.principal);
});
afterAll(async () => {
  await session?.end();
  await sessions?.close();
  await ctx?.close();
});

describe("a session of MCP 2025-11-25", () => {
  it("lists prompts and fills them in", async () => {
    const listed = await session.ask("prompts/list", {});
    expect(listed.result).toMatchObject({
      prompts: [
        { name: "triage_inbox", arguments: [] },
        { name: "draft_reply", arguments: [{ name: "conversation_id", required: true }] },
        { name: "summarise_conversation" },
      ],
    });
    const args = { name: "summarise_conversation", arguments: { conversation_id: conversationId } };
    const { result } = await session.ask("prompts/get", args);
    expect(result).toMatchObject({ messages: [{ role: "user", content: { type: "text" } }] });
    expect(JSON.stringify(result)).toContain(conversationId);
  });

  it.each(["no_such_prompt", "draft_reply"])("refuses prompts/get of %s as invalid params", async (name) => {
    const { error } = await session.ask("prompts/get", { name });
    expect(error?.code).toBe(-32602);
  });

  it("completes what is typed into a prompt or an address", async () => {
    const argument = { name: "conversation_id", value: conversationId.slice(0, 6) };
    for (const ref of [
      { type: "ref/prompt", name: "draft_reply" },
      { type: "ref/resource", uri: "wamcp://conversations/{conversation_id}" },
    ]) {
      const { result } = await session.ask("completion/complete", { ref, argument });
      expect(result).toEqual({ completion: { values: [conversationId], hasMore: false } });
    }
    const { error } = await session.ask("completion/complete", {
      ref: { type: "ref/prompt", name: "nothing" },
      argument,
    });
    expect(error?.code).toBe(-32602);
  });

  it("lists conversations, and refuses a cursor that is none", async () => {
    const { result } = await session.ask("resources/list", {});
    expect(JSON.stringify(result)).toContain(`wamcp://conversations/${conversationId}`);
    expect((await session.ask("resources/list", { cursor: "none" })).error?.code).toBe(-32602);
  });
});

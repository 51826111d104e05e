import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { completeArgument } from "#server/utils/mcp/complete-argument";
import type { Completion, CompletionRequest } from "#server/utils/mcp/surface";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantConversations } from "#tests/helpers/server/plant-conversations";
import { seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";

const CONVERSATION = { type: "ref/resource", uri: "wamcp://conversations/{conversation_id}" } as const;
const NUMBER = { type: "ref/resource", uri: "wamcp://numbers/{phone_number_id}/messages" } as const;
const PROMPT = { type: "ref/prompt", name: "draft_reply" } as const;

let ctx: TestContext;
let tenants: Tenants;
let own: string[];
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  const { ann, bob, numbers } = tenants;
  own = await plantConversations(ctx, numbers.ann, ann.clientId, 100);
  await plantConversations(ctx, numbers.shared, bob.clientId, 10);
});
afterAll(() => ctx?.close());

function complete(
  tenant: Tenant,
  ref: CompletionRequest["ref"],
  name: string,
  value = "",
  requestId = newId(),
): Promise<Completion> {
  const { principal } = tenant;
  const signal = new AbortController().signal;
  return completeArgument(ctx.system, { principal, requestId, signal, ref, argument: { name, value } });
}

describe.each([CONVERSATION, PROMPT])("a conversation_id of $type", (ref) => {
  const of = (tenant: Tenant, value?: string) => complete(tenant, ref, "conversation_id", value);

  it("is completed to the client's own, the one that began last first", async () => {
    expect(await of(tenants.ann)).toEqual({ values: own.toReversed(), hasMore: false });
  });

  it("is completed by how it begins, in any casing", async () => {
    for (const id of [own[0] ?? "", own[50] ?? ""]) {
      for (const value of [id, id.slice(0, -1), id.toUpperCase(), ` ${id}`]) {
        expect((await of(tenants.ann, value)).values, value).toContain(id);
      }
      expect((await of(tenants.ann, id)).values).toEqual([id]);
    }
  });

  it.each(["z", "%", "_", "-", "0x", "ffffffff-", "00000000000", "0".repeat(37), "' or true --"])(
    "is not completed from %j",
    async (value) => expect(await of(tenants.ann, value)).toEqual({ values: [], hasMore: false }),
  );
});

describe("completion", () => {
  it("gives a hundred at most and says that there are more", async () => {
    const owner = await complete(tenants.owner, CONVERSATION, "conversation_id");
    expect(owner.values).toHaveLength(100);
    expect(owner.hasMore).toBe(true);
    expect(new Set(owner.values).size).toBe(100);
  });

  it("completes the numbers of the key", async () => {
    const of = (tenant: Tenant, value: string) => complete(tenant, NUMBER, "phone_number_id", value);
    expect(await of(tenants.ann, "")).toEqual({ values: ["101", "103"], total: 2, hasMore: false });
    expect((await of(tenants.bob, "10")).values).toEqual(["102", "103"]);
    expect((await of(tenants.bob, "101")).values).toEqual([]);
  });

  it.each<[string, CompletionRequest["ref"], string]>([
    ["a prompt that there is not", { type: "ref/prompt", name: "no_such" }, "conversation_id"],
    ["a prompt without arguments", { type: "ref/prompt", name: "triage_inbox" }, "conversation_id"],
    ["an argument that there is not", PROMPT, "constructor"],
    [
      "a template that there is not",
      { type: "ref/resource", uri: "file:///{conversation_id}" },
      "conversation_id",
    ],
    ["a place that the template does not have", CONVERSATION, "phone_number_id"],
  ])("refuses %s", async (_what, ref, argument) => {
    await expect(complete(tenants.ann, ref, argument)).rejects.toMatchObject({ code: -32602 });
  });

  it("leaves one audit row for each, with nothing of what was typed", async () => {
    const [good, bad] = [newId(), newId()];
    await complete(tenants.ann, PROMPT, "conversation_id", "typed-by-somebody", good);
    await complete(tenants.ann, PROMPT, "typed-by-somebody", "", bad).catch(() => {});
    const rows = await ctx.sql`
      select action, outcome, error_code, audit_log::text as row from audit_log
      where request_id = any(${[good, bad]}) order by id`;
    expect(rows).toMatchObject([
      { action: "completion", outcome: "ok", error_code: null },
      { action: "completion", outcome: "refused", error_code: "not_found" },
    ]);
    expect(JSON.stringify(rows)).not.toContain("typed-by");
  });

  it("counts against the key's rate", async () => {
    const spent = { ...tenants.bob, principal: { ...tenants.bob.principal, rpmLimit: 1 } };
    await complete(spent, NUMBER, "phone_number_id").catch(() => {});
    await expect(complete(spent, NUMBER, "phone_number_id")).rejects.toMatchObject({ code: -32603 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import {
  listResources,
  RESOURCE_LIST_LIMIT,
  RESOURCE_PAGE_LIMIT,
} from "#server/utils/mcp/resources/list-resources";
import type { ResourcePage } from "#server/utils/mcp/surface";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantConversations } from "#tests/helpers/server/plant-conversations";
import { seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let tenants: Tenants;
let own: string[];
let foreign: string[];
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  const { ann, bob, numbers } = tenants;
  own = await plantConversations(ctx, numbers.ann, ann.clientId, 2 * RESOURCE_PAGE_LIMIT);
  foreign = await plantConversations(ctx, numbers.shared, bob.clientId, RESOURCE_LIST_LIMIT);
  own.push(...(await plantConversations(ctx, numbers.shared, ann.clientId, 3)));
});
afterAll(() => ctx?.close());

const list = (tenant: Tenant, cursor?: string, requestId = newId()): Promise<ResourcePage> =>
  listResources(ctx.system, {
    principal: tenant.principal,
    requestId,
    signal: new AbortController().signal,
    cursor,
  });

async function listAll(tenant: Tenant): Promise<ResourcePage[]> {
  const pages = [await list(tenant)];
  for (let page = pages[0]; page?.nextCursor && pages.length < 20;) {
    page = await list(tenant, page.nextCursor);
    pages.push(page);
  }
  return pages;
}

const idsOf = (pages: readonly ResourcePage[]): string[] =>
  pages.flatMap(({ resources }) =>
    resources.flatMap(({ uri }) => /^wamcp:\/\/conversations\/(.*)$/.exec(uri)?.[1] ?? []),
  );

describe("resources/list", () => {
  it("lists all conversations of a client over pages, the one that began last first, each once", async () => {
    const pages = await listAll(tenants.ann);
    expect(pages).toHaveLength(3);
    expect(idsOf(pages)).toEqual(own.toReversed());
    expect(idsOf(pages.slice(0, 1))).toHaveLength(RESOURCE_PAGE_LIMIT);
    expect(pages[0]?.resources.slice(0, 3).map(({ uri }) => uri)).toEqual([
      "wamcp://inbox",
      "wamcp://numbers/101/messages",
      "wamcp://numbers/103/messages",
    ]);
    const later = pages.slice(1).flatMap(({ resources }) => resources.map(({ name }) => name));
    expect(later.every((name) => name.startsWith("conversation-"))).toBe(true);
  });

  it("says of a conversation its id, its number's label and its last time, and no more", async () => {
    const { resources } = await list(tenants.ann);
    const id = own.at(-1);
    expect(resources.at(3)).toEqual({
      uri: `wamcp://conversations/${id}`,
      name: `conversation-${id}`,
      title: `Conversation ${id}`,
      description: "The newest messages of a conversation on number 103",
      mimeType: "application/json",
      annotations: { lastModified: ctx.clock.now().toISOString() },
    });
  });

  it("ends after so many that a host reads it all, for whoever sees everything", async () => {
    const pages = await listAll(tenants.owner);
    expect(idsOf(pages)).toEqual([...foreign, ...own.slice(-3)].toReversed().slice(0, RESOURCE_LIST_LIMIT));
    expect(pages).toHaveLength(RESOURCE_LIST_LIMIT / RESOURCE_PAGE_LIMIT);
    expect(pages.at(-1)).not.toHaveProperty("nextCursor");
  });

  it("loses none that began earlier when one begins between two pages", async () => {
    const first = await list(tenants.ann);
    const [late] = await plantConversations(ctx, tenants.numbers.ann, tenants.ann.clientId, 1);
    const second = await list(tenants.ann, first.nextCursor);
    expect(idsOf([first, second])).toEqual(own.toReversed().slice(0, 2 * RESOURCE_PAGE_LIMIT));
    expect(idsOf([await list(tenants.ann)])[0]).toBe(late);
    if (late) own.push(late);
  });

  it.each([
    "",
    "x",
    Buffer.from("100.not-an-id").toString("base64url"),
    Buffer.from(`-1.${newId()}`).toString("base64url"),
    Buffer.from(`1.${newId()}' or true`).toString("base64url"),
  ])("refuses %j as a cursor", async (cursor) => {
    await expect(list(tenants.ann, cursor)).rejects.toMatchObject({ code: -32602 });
  });

  it("counts against the key's rate, and leaves one audit row without targets", async () => {
    const requestId = newId();
    await list(tenants.ann, undefined, requestId);
    const rows = await ctx.sql`
      select action, outcome, conversation_id, phone_number_id from audit_log where request_id = ${requestId}`;
    expect([...rows]).toEqual([
      { action: "resource.list", outcome: "ok", conversation_id: null, phone_number_id: null },
    ]);
    const spent = { ...tenants.bob, principal: { ...tenants.bob.principal, rpmLimit: 1 } };
    await list(spent);
    await expect(list(spent)).rejects.toMatchObject({
      code: -32603,
      message: expect.stringMatching(/Try again in \d+ s/) as string,
    });
  });
});

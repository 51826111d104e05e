import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { callTool, UnknownToolError } from "#server/utils/mcp/call-tool";
import { catalogue } from "#server/utils/mcp/catalogue";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { openMcpSession } from "#tests/helpers/server/open-mcp-session";
import { mintKey, type Tenant } from "#tests/helpers/server/seed-tenants";
import { canaryOf } from "./canary-of";
import { createAsker, type ExpectedAudit } from "./create-asker";
import { expectAudited } from "./expect-audited";
import { inventId } from "./invent-id";
import { plantWorld, type World } from "./plant-world";
import { listResourceKinds } from "./resource-cells";
import { inputSchemaOf, ownArguments } from "./tool-cells";
import { withCode } from "./with-code";

const tools = catalogue.names();

let world: World;
beforeAll(async () => {
  world = await plantWorld("shared");
});
afterAll(() => world?.close());

const argumentsOf = (tool: string) =>
  ownArguments(tool, inputSchemaOf(world.owner.principal, tool), world.ann, true);

/** Calls a tool and expects one audit row that says how it ended. */
async function expectCall(key: Tenant, tool: string, args: unknown, errorCode: string | null): Promise<void> {
  const requestId = newId();
  const answer = await callAs(world.ctx, key, tool, args, { requestId });
  expect(answer.isError ? errorOf(answer).code : null, tool).toBe(errorCode);
  await expectAudited(world, [auditOf(key, { requestId, action: `tool.${tool}`, errorCode })]);
}

const auditOf = (
  { clientId, keyId }: Tenant,
  more: Pick<ExpectedAudit, "requestId" | "action" | "errorCode">,
): ExpectedAudit => ({ clientId, keyId, ...more });

/** A key whose calls of this minute are used up. */
async function exhaustedKey(): Promise<Tenant> {
  const scopes = [...tools.map((tool) => `tools:${tool}`), `numbers:${world.ann.number.waPhoneNumberId}`];
  return mintKey(world.ctx, world.ann.clientId, scopes, { rpmLimit: 0, dailyMsgLimit: 0 });
}

describe.each(tools)("a call of %s leaves exactly one audit row", (tool) => {
  it.each([
    ["an argument that it does not have", () => ({ ...argumentsOf(tool), surprise: canaryOf("ann") })],
    ["no object at all", () => canaryOf("ann")],
    ["a list", () => [canaryOf("ann")]],
  ])("with %s", async (_what, args) => {
    await expectCall(world.ann, tool, args(), "invalid_arguments");
  });

  it("over the key's rate", async () => {
    await expectCall(await exhaustedKey(), tool, argumentsOf(tool), "rate_limited");
  });

  it("over the key's rate, with bad arguments and without the scope: the rate comes first", async () => {
    const key = await mintKey(world.ctx, world.ann.clientId, [], { rpmLimit: 0, dailyMsgLimit: 0 });
    await expectCall(key, tool, { surprise: 1 }, "rate_limited");
  });

  it("without the scope and with bad arguments: the scope comes first", async () => {
    const key = await mintKey(world.ctx, world.ann.clientId, []);
    await expectCall(key, tool, { surprise: canaryOf("ann") }, "forbidden");
  });
});

describe("a send leaves exactly one audit row", () => {
  const scopes = () => ["tools:send_message", `numbers:${world.ann.number.waPhoneNumberId}`];

  it("over the daily cap", async () => {
    const key = await mintKey(world.ctx, world.ann.clientId, scopes(), { rpmLimit: 1000, dailyMsgLimit: 0 });
    await expectCall(key, "send_message", argumentsOf("send_message"), "rate_limited");
  });

  it("that is a repetition, and with a key that was used for something else", async () => {
    const args = { ...argumentsOf("send_message"), idempotency_key: "audit-1" };
    await expectCall(world.ann, "send_message", args, null);
    await expectCall(world.ann, "send_message", args, null);
    await expectCall(world.ann, "send_message", { ...args, body: "other words" }, "conflict");
  });
});

describe("a tool that does not exist", () => {
  it.each(["drop_tables", "__proto__", canaryOf("ann"), ""])(
    "leaves one row, without its name: %j",
    async (name) => {
      const requestId = newId();
      const call = {
        name,
        arguments: {},
        principal: world.ann.principal,
        requestId,
        signal: new AbortController().signal,
      };
      await expect(callTool(world.ctx.system, call)).rejects.toBeInstanceOf(UnknownToolError);
      await expectAudited(world, [
        auditOf(world.ann, { requestId, action: "tool.unknown", errorCode: "not_found" }),
      ]);
    },
  );
});

describe.each(["read", "subscribe"] as const)(
  "a resource that is %s leaves exactly one audit row",
  (purpose) => {
    it.each([
      ["an address of nobody", () => "wamcp://nothing"],
      ["words", () => canaryOf("ann")],
      ["a foreign conversation", () => `wamcp://conversations/${world.bob.ids.conversation}`],
      ["a foreign number", () => `wamcp://numbers/${world.bob.ids.number}/messages`],
    ])("with %s", async (_what, uri) => {
      const asker = createAsker(world);
      const asked = await asker.readResource(world.ann, purpose, uri());
      expect(asked.isError).toBe(true);
      await expectAudited(world, withCode(asker.audits, "not_found"));
    });

    it("over the key's rate, and when it is answered", async () => {
      const asker = createAsker(world);
      const limited = { ...world.ann, ...(await exhaustedKey()) };
      const uris = listResourceKinds(world).map(({ kinds, address }) =>
        address(kinds[0] ? world.ann.ids[kinds[0]] : ""),
      );
      for (const uri of uris) {
        expect((await asker.readResource(limited, purpose, uri)).answer).toMatchObject({
          error: { code: -32603 },
        });
      }
      await expectAudited(world, withCode(asker.audits, "rate_limited"));
      const good = createAsker(world);
      for (const uri of uris)
        expect((await good.readResource(world.ann, purpose, uri)).isError, uri).toBe(false);
      await expectAudited(world, good.audits);
    });
  },
);

describe("a session", () => {
  it("leaves one row for each call over it, however many there are at once", async () => {
    const count = async (): Promise<Record<string, number>> => {
      const rows = await world.ctx.sql<{ action: string; count: number }[]>`
        select action, count(*)::int as count from audit_log where api_key_id = ${world.bob.keyId} group by action`;
      return Object.fromEntries(rows.map((row) => [row.action, row.count]));
    };
    const session = await openMcpSession(world.sessions, world.bob.principal);
    const before = await count();
    const uri = `wamcp://conversations/${world.bob.ids.conversation}`;
    await Promise.all([
      ...Array.from({ length: 10 }, () => session.ask("tools/call", { name: "ping", arguments: {} })),
      ...Array.from({ length: 10 }, () => session.ask("tools/call", { name: "no_such_tool", arguments: {} })),
      ...Array.from({ length: 10 }, () => session.ask("resources/read", { uri })),
      ...Array.from({ length: 10 }, () => session.ask("resources/subscribe", { uri })),
      ...Array.from({ length: 10 }, () => session.ask("tools/list", {})),
    ]);
    await session.end();
    const after = await count();
    for (const action of ["tool.ping", "tool.unknown", "resource.read", "resource.subscribe"]) {
      expect((after[action] ?? 0) - (before[action] ?? 0), action).toBe(10);
    }
    const total = (counts: Record<string, number>): number =>
      Object.values(counts).reduce((a, b) => a + b, 0);
    expect(total(after) - total(before)).toBe(40);
  });

  it("of another key leaves the row that one leaves which does not exist: who, and nothing of the session", async () => {
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "ping", arguments: {} } };
    const left: unknown[] = [];
    for (const sessionId of [world.bob.ids.session, inventId("session", world.bob.ids.session)]) {
      const [last] = await world.ctx.sql<[{ id: string }]>`select max(id::text) as id from audit_log`;
      const request = buildMcpRequest({ method: "POST", sessionId, body });
      expect((await world.sessions.handle(request, world.ann.principal)).status).toBe(404);
      const rows = await world.ctx.sql`
        select actor, client_id, api_key_id, action, outcome, error_code, detail, request_id from audit_log
        where id::text > ${last.id}`;
      left.push([...rows]);
      expect(JSON.stringify(rows)).not.toContain(sessionId);
    }
    expect(left[0]).toEqual(left[1]);
    const { clientId: client_id, keyId: api_key_id } = world.ann;
    const action = "session.use";
    expect(left[0]).toMatchObject([
      { client_id, api_key_id, action, outcome: "refused", error_code: "not_found" },
    ]);
  });
});

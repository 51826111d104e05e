import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintApiKey } from "#server/utils/admin/keys/mint-api-key";
import { newId } from "#server/utils/ids";
import { catalogue } from "#server/utils/mcp/catalogue";
import { listFixedResources } from "#server/utils/mcp/resources/list-fixed-resources";
import { listResourceTemplates } from "#server/utils/mcp/resources/list-resource-templates";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { adminOf, mintKey, type Tenant } from "#tests/helpers/server/seed-tenants";
import { listCompletionCells } from "./completion-cells";
import { createAsker } from "./create-asker";
import { expectAudited } from "./expect-audited";
import { plantWorld, type World } from "./plant-world";
import { countTouched, restoreWorld } from "./planted-state";
import { inputSchemaOf, ownArguments } from "./tool-cells";
import { withCode } from "./with-code";

const tools = catalogue.names();
const reading = tools.filter((name) => catalogue.find(name)?.hints.readOnly);
const writing = tools.filter((name) => !reading.includes(name));
const scopesOf = (names: string[]): string[] => names.map((name) => `tools:${name}`);

let world: World;
beforeAll(async () => {
  world = await plantWorld("shared");
});
afterAll(() => world?.close());

/** A key of ann's for these tools, on her numbers. */
const keyFor = (names: string[]): Promise<Tenant> => {
  const numbers = world.ann.principal.grants.map(({ waPhoneNumberId }) => `numbers:${waPhoneNumberId}`);
  return mintKey(world.ctx, world.ann.clientId, [...scopesOf(names), ...numbers]);
};

const argumentsOf = (tool: string) =>
  ownArguments(tool, inputSchemaOf(world.owner.principal, tool), world.ann, true);
const listed = (key: Tenant): string[] => catalogue.describe(key.principal).map(({ name }) => name);

/** Expects a call to be refused for its scope, with one audit row and no effect. */
async function expectForbidden(key: Tenant, tool: string): Promise<void> {
  const requestId = newId();
  const error = errorOf(await callAs(world.ctx, key, tool, argumentsOf(tool), { requestId }));
  expect(error).toMatchObject({ code: "forbidden", message: `This key may not call ${tool}.` });
  const { clientId, keyId } = key;
  await expectAudited(world, [
    { requestId, clientId, keyId, action: `tool.${tool}`, errorCode: "forbidden" },
  ]);
  expect(await countTouched(world.ctx, world.ann)).toBe(0);
}

describe.each(tools)("a key without tools:%s", (tool) => {
  it("does not see it, and may not call it", async () => {
    const others = tools.filter((name) => name !== tool);
    const key = await keyFor(others);
    expect(listed(key)).toEqual(others);
    await expectForbidden(key, tool);
  });
});

describe("a key without tools:get_messages", () => {
  it("sees and reads no resource, and one audit row says so", async () => {
    const key = await keyFor(tools.filter((name) => name !== "get_messages"));
    expect(listFixedResources(key.principal)).toEqual([]);
    expect(listResourceTemplates(key.principal)).toEqual([]);
    const me = { ...world.ann, ...key };
    const asker = createAsker(world);
    const lister = createAsker(world);
    expect((await lister.listResources(me)).answer).toEqual({ resources: [] });
    for (const { label, ref, argument } of listCompletionCells(world)) {
      const asked = await lister.complete(me, ref, argument, "");
      expect(asked.answer, label).toMatchObject({ error: { code: -32602 } });
    }
    await expectAudited(world, lister.audits);
    const { conversation, number } = me.ids;
    const addresses = ["inbox", `numbers/${number}/messages`, `conversations/${conversation}`];
    for (const purpose of ["read", "subscribe"] as const) {
      for (const address of addresses) {
        const asked = await asker.readResource(me, purpose, `wamcp://${address}`);
        expect(asked.answer, address).toMatchObject({
          error: { name: "ResourceNotFoundError", code: -32002 },
        });
      }
    }
    await expectAudited(world, withCode(asker.audits, "forbidden"));
  });
});

describe("a key that may only read", () => {
  it("sees the tools whose hint says that they read, and may call no other", async () => {
    const key = await keyFor(reading);
    expect(listed(key)).toEqual(reading);
    expect(writing.length).toBeGreaterThan(0);
    for (const tool of writing) await expectForbidden(key, tool);
  });

  it("changes nothing with any of them but the audit log", async () => {
    const key = await keyFor(reading);
    const { recorder } = world;
    recorder.take();
    const system = { ...world.ctx.system, database: recorder.database };
    for (const tool of reading) {
      recorder.take();
      const answer = await callAs({ system }, key, tool, argumentsOf(tool));
      expect(answer.isError, tool).toBe(false);
      const changes = recorder
        .take()
        .filter((statement) => /: (insert|update|delete|with)\b/.test(statement))
        .filter((statement) => !statement.includes('insert into "audit_log"'));
      expect(changes, tool).toEqual([]);
    }
    expect(await countTouched(world.ctx, world.ann)).toBe(0);
  });

  it("could change something with the others, so that this means something", async () => {
    const { recorder } = world;
    recorder.take();
    const system = { ...world.ctx.system, database: recorder.database };
    const key = await keyFor(writing);
    await callAs({ system }, key, "send_message", argumentsOf("send_message"));
    expect(recorder.take().join("\n")).toContain('insert into "messages"');
    expect(await countTouched(world.ctx, world.ann)).toBeGreaterThan(0);
    await restoreWorld(world.ctx);
  });
});

describe("a wildcard in the scopes of a client that is not the owner", () => {
  /** A key that no admin's verb would make. */
  const forge = (scopes: string[]): Promise<Tenant> => mintKey(world.ctx, world.ann.clientId, scopes);

  it("is refused where keys are made", async () => {
    const { clientId } = world.ann;
    for (const wildcard of ["tools:*", "numbers:*"]) {
      const input = { clientId, label: "forged", scopes: [wildcard], mode: "test" as const };
      await expect(mintApiKey(adminOf(world.ctx), input)).rejects.toMatchObject({
        code: "invalid_arguments",
      });
    }
  });

  it("gives no tool", async () => {
    const key = await forge([
      "tools:*",
      ...world.ann.principal.scopes.filter((scope) => scope.startsWith("numbers:")),
    ]);
    expect(listed(key)).toEqual([]);
    expect(listFixedResources(key.principal)).toEqual([]);
    for (const tool of tools) await expectForbidden(key, tool);
  });

  it("gives no number, not even the client's own", async () => {
    const key = await forge([...scopesOf(tools), "numbers:*"]);
    const numbers = await callAs(world.ctx, key, "list_numbers");
    expect(numbers.structuredContent).toEqual({ numbers: [] });
    const { conversation, message } = world.ann.ids;
    for (const [tool, args] of [
      ["get_messages", { conversation_id: conversation }],
      ["get_message_status", { message_id: message }],
      ["send_message", argumentsOf("send_message")],
      ["wait_for_messages", { timeout_s: 0 }],
    ] as const) {
      const answer = await callAs(world.ctx, key, tool, args);
      // Without a number there is nothing: no such thing, or none.
      const { messages } = answer.structuredContent;
      const nothing = answer.isError ? errorOf(answer).code : JSON.stringify(messages);
      expect(["not_found", "[]"], tool).toContain(nothing);
    }
  });

  it("gives both to the owner", async () => {
    expect(listed(world.owner)).toEqual(tools);
    const answer = await callAs(world.ctx, world.owner, "list_numbers");
    expect(answer.structuredContent.numbers).toHaveLength(3);
  });
});

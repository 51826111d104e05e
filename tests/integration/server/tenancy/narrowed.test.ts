import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { catalogue } from "#server/utils/mcp/catalogue";
import { callAs } from "#tests/helpers/server/call-as";
import { reloadTenant } from "#tests/helpers/server/reload-tenant";
import { mintKey } from "#tests/helpers/server/seed-tenants";
import { comparePair, findSecrets } from "./compare-pair";
import { createAsker, type Asker } from "./create-asker";
import type { IdKind } from "./id-properties";
import { inventId } from "./invent-id";
import { NUMBER_KINDS, plantSecondNumber, type TwoNumbers } from "./plant-second-number";
import type { Party } from "./plant-world";
import { listForeignAddresses } from "./resource-cells";
import { listToolCells } from "./tool-cells";

const TIMEOUT_MS = 120_000;
const tools = catalogue.names();
// A contact is the whole client's: whoever may read a number with one tool may name its people to another.
const CONTENT_KINDS: readonly IdKind[] = ["number", "conversation", "message", "wamid"];

let planted: TwoNumbers;
let asker: Asker;
beforeAll(async () => {
  planted = await plantSecondNumber();
  asker = createAsker(planted.world);
});
beforeEach(() => planted.world.ctx.sql`update grants set tools = '{*}'`);
afterAll(() => planted?.world.close());

/** What one tool, or a resource, tells the key about the other number; nothing, where it is kept from it. */
async function findLeaks(
  me: Party,
  tool: string,
  kinds: readonly IdKind[] = NUMBER_KINDS,
): Promise<string[]> {
  const { world, there: other } = planted;
  const problems: string[] = [];
  for (const cell of listToolCells(world, me, "disjoint", tool).filter(({ kind }) => kinds.includes(kind))) {
    const ask = (id: string) => () => asker.callTool(me, cell.policy, tool, cell.call(id));
    const [foreign, missing] = [ask(other.ids[cell.kind]), ask(inventId(cell.kind, other.ids[cell.kind]))];
    problems.push(
      ...(await comparePair(world, { label: `${tool} ${cell.label}`, me, other, foreign, missing })),
    );
  }
  return problems;
}

async function findLeaksOfResources(me: Party): Promise<string[]> {
  const { world, there: other } = planted;
  const problems: string[] = [];
  for (const { label, kind, resource, id } of listForeignAddresses(world, other)) {
    if (!NUMBER_KINDS.includes(kind)) continue;
    const ask = (one: string) => () => asker.readResource(me, "read", resource.address(one));
    const [foreign, missing] = [ask(id), ask(inventId(kind, id))];
    problems.push(...(await comparePair(world, { label, me, other, foreign, missing })));
  }
  return problems;
}

describe("a client's key with both numbers", () => {
  it("finds what is on either", async () => {
    const { here, there, world } = planted;
    for (const party of [here, there]) {
      const answer = await callAs(world.ctx, here, "get_messages", {
        conversation_id: party.ids.conversation,
      });
      expect(answer.isError).toBe(false);
    }
    expect(await findLeaks(here, "get_messages")).not.toEqual([]);
    expect(await findLeaksOfResources(here)).not.toEqual([]);
  });
});

describe("a key that is scoped to one number of two", () => {
  let narrow: Party;
  beforeAll(async () => {
    const { world, here } = planted;
    const scopes = [...tools.map((tool) => `tools:${tool}`), `numbers:${here.number.waPhoneNumberId}`];
    narrow = { ...here, ...(await mintKey(world.ctx, here.clientId, scopes)) };
  });

  it.each(tools)(
    "gets from %s about the other number what it gets about nothing",
    async (tool) => {
      expect(await findLeaks(narrow, tool)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it("reads no resource of the other number, and finds nothing of it in what names no number", async () => {
    expect(await findLeaksOfResources(narrow)).toEqual([]);
    for (const [tool, args] of [
      ["list_numbers", {}],
      ["get_messages", {}],
      ["wait_for_messages", { timeout_s: 0 }],
    ] as const) {
      const answer = await callAs(planted.world.ctx, narrow, tool, args);
      expect(findSecrets(planted.here, answer.structuredContent), tool).not.toEqual([]);
      expect(findSecrets(planted.there, answer.structuredContent), tool).toEqual([]);
    }
    const inbox = await asker.readResource(narrow, "read", "wamcp://inbox");
    expect(findSecrets(planted.there, inbox.answer)).toEqual([]);
  });
});

describe.each(tools)("a grant without %s on one number of two", (tool) => {
  let narrow: Party;
  beforeEach(async () => {
    const { world, here, there } = planted;
    const others = tools.filter((name) => name !== tool);
    await world.ctx.sql`
      update grants set tools = ${others} where client_id = ${here.clientId} and phone_number_id = ${there.number.id}`;
    narrow = await reloadTenant(world.ctx, here);
  });

  it(
    "makes the tool blind for that number, and no other tool",
    async () => {
      const { world, here, there } = planted;
      expect(await findLeaks(narrow, tool, CONTENT_KINDS)).toEqual([]);
      const seeing = tool === "get_messages" ? "get_message_status" : "get_messages";
      const args =
        tool === "get_messages"
          ? { message_id: there.ids.message }
          : { conversation_id: there.ids.conversation };
      expect((await callAs(world.ctx, narrow, seeing, args)).isError).toBe(false);
      // On the number whose grant names every tool it works as before.
      const listed = catalogue.describe(narrow.principal).map(({ name }) => name);
      expect(listed).toEqual(catalogue.describe(here.principal).map(({ name }) => name));
    },
    TIMEOUT_MS,
  );
});

describe("a grant without get_messages on one number of two", () => {
  it("hides that number's resources too", async () => {
    const { world, here, there } = planted;
    const others = tools.filter((name) => name !== "get_messages");
    await world.ctx.sql`
      update grants set tools = ${others} where client_id = ${here.clientId} and phone_number_id = ${there.number.id}`;
    expect(await findLeaksOfResources(await reloadTenant(world.ctx, here))).toEqual([]);
  });
});

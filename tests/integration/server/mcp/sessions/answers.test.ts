import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SystemContext } from "#server/utils/context";
import type { ClientLink, JsonObject } from "#server/utils/mcp/client-link";
import { createSurface } from "#server/utils/mcp/create-surface";
import type { McpSurface } from "#server/utils/mcp/surface";
import { eventually } from "#tests/helpers/eventually";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import {
  openLegacyPeer,
  readStream,
  type LegacyPeer,
  type PeerStream,
} from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
let two: Replica;
/** How the call that is under way ends; set when it begins. */
let finish: ((text: string) => void) | undefined;

/** The product's surface with a tool that answers when the test says so, and one that asks a person. */
function createPatientSurface(system: SystemContext): McpSurface {
  const text = (value: string): JsonObject => ({ content: [{ type: "text", text: value }] });
  const ask = async ({ request }: ClientLink, message: string): Promise<JsonObject> => {
    const params = { mode: "form", message, requestedSchema: { type: "object", properties: {} } };
    const answer = await request?.("elicitation/create", params, { timeoutMs: 10_000 });
    return text(`${message}: ${String(answer?.action)}`);
  };
  const inner = createSurface(system);
  return {
    ...inner,
    async callTool(call) {
      if (call.name === "ask") return ask(call.link, String((call.arguments as JsonObject).about));
      if (call.name !== "patience") return inner.callTool(call);
      if ((call.arguments as JsonObject).leave) call.link.endStream?.();
      return text(
        await new Promise<string>((resolve) => {
          finish = resolve;
        }),
      );
    },
  };
}

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  one = await openReplica(ctx, createPatientSurface);
  two = await openReplica(ctx, createPatientSurface);
});
afterAll(async () => {
  await one?.kill();
  await two?.kill();
  await ctx?.close();
});

const callOf = (id: number, name: string, args: JsonObject = {}) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});
async function untilAtWork(): Promise<(text: string) => void> {
  return eventually(() => {
    if (!finish) throw new Error("the tool has not begun");
    const end = finish;
    finish = undefined;
    return end;
  });
}
function resume(at: Replica, peer: LegacyPeer, lastEventId: string): Promise<Response> {
  const request = buildMcpRequest({ method: "GET", sessionId: peer.id });
  request.web.headers.set("last-event-id", lastEventId);
  return at.sessions.handle(request, tenants.owner.principal);
}
const textOf = (stream: PeerStream): string => JSON.stringify(stream.events);

describe("an answer whose stream is gone", () => {
  it.each([true, false])("is had by coming back for it (left by the server: %s)", async (leave) => {
    const peer = await openLegacyPeer(one, tenants.owner.principal);
    const first = readStream(await peer.post(one, callOf(7, "patience", { leave })));
    const end = await untilAtWork();
    await eventually(() => expect(first.events).toHaveLength(1));
    expect(first.events[0]?.data).toBeUndefined();
    if (leave) await first.ended;
    else await first.leave();
    const lastEventId = first.events[0]?.id ?? "";
    // The stream of notifications stays as it is.
    const notifications = await peer.listen(one);
    const before = readStream(await resume(one, peer, lastEventId));
    end("done at last");
    await eventually(() => expect(textOf(before)).toContain("done at last"));
    await before.leave();
    const after = readStream(await resume(one, peer, lastEventId));
    await eventually(() => expect(textOf(after)).toContain("done at last"));
    await after.leave();
    expect(textOf(notifications)).not.toContain("done at last");
    await notifications.leave();
  });

  it("is taken over by the newest connection, also while the old one looks alive", async () => {
    const peer = await openLegacyPeer(one, tenants.owner.principal);
    const first = readStream(await peer.post(one, callOf(7, "patience")));
    const end = await untilAtWork();
    await eventually(() => expect(first.events).toHaveLength(1));
    const second = await resume(one, peer, first.events[0]?.id ?? "");
    expect(second.status).toBe(200);
    await first.ended;
    const stream = readStream(second);
    end("to the second");
    await eventually(() => expect(textOf(stream)).toContain("to the second"));
    await stream.leave();
  });

  it("is not to be had at another replica, nor by another session, and it says so", async () => {
    const peer = await openLegacyPeer(one, tenants.owner.principal);
    const other = await openLegacyPeer(one, tenants.owner.principal);
    await other.ask(one, "tools/list");
    const first = readStream(await peer.post(one, callOf(7, "patience")));
    (await untilAtWork())("secret of a session");
    await first.ended;
    const lastEventId = first.events[0]?.id ?? "";
    for (const [at, whose] of [
      [two, peer],
      [one, other],
    ] as const) {
      const refused = readStream(await resume(at, whose, lastEventId));
      await refused.ended;
      expect(refused.events).toMatchObject([
        {
          id: "answer.gone",
          data: { id: 7, error: { message: expect.stringContaining("get_message_status first") } },
        },
      ]);
      // The SDK's client comes back once more, and takes this for the end.
      expect((await resume(at, whose, "answer.gone")).status).toBe(405);
    }
    // It has come to its end where it was given, too.
    expect((await resume(one, peer, first.events.at(-1)?.id ?? "")).status).toBe(405);
  });
});

describe("a question to a person", () => {
  const openAsked = () => openLegacyPeer(one, tenants.owner.principal, { elicitation: { form: {} } });
  async function readQuestion(stream: PeerStream): Promise<string> {
    return eventually(() => {
      const question = stream.events.find(({ data }) => data?.method === "elicitation/create");
      if (!question) throw new Error("nobody was asked");
      return String(question.data?.id);
    });
  }
  const answer = (peer: LegacyPeer, at: Replica, id: string, action: string) =>
    peer.post(at, { jsonrpc: "2.0", id, result: { action, content: { word: "of a person" } } });

  it("is answered at whichever replica the answer arrives", async () => {
    const peer = await openAsked();
    const asked = [
      { at: one, answeredAt: one, about: "here", action: "accept" },
      { at: one, answeredAt: two, about: "there", action: "accept" },
      { at: two, answeredAt: one, about: "elsewhere", action: "decline" },
    ];
    for (const { at, answeredAt, about, action } of asked) {
      const stream = readStream(await peer.post(at, callOf(9, "ask", { about })));
      const response = await answer(peer, answeredAt, await readQuestion(stream), action);
      expect(response.status).toBe(202);
      await eventually(() => expect(textOf(stream)).toContain(`${about}: ${action}`));
    }
  });

  it("is not answered by what was said to another, in whatever order", async () => {
    const peer = await openAsked();
    const here = readStream(await peer.post(one, callOf(1, "ask", { about: "here" })));
    const there = readStream(await peer.post(two, callOf(1, "ask", { about: "there" })));
    const [first, second] = [await readQuestion(here), await readQuestion(there)];
    expect(first).not.toBe(second);
    await answer(peer, one, second, "decline");
    await eventually(() => expect(textOf(there)).toContain("there: decline"));
    expect(textOf(here)).not.toContain("here: ");
    await answer(peer, two, first, "accept");
    await eventually(() => expect(textOf(here)).toContain("here: accept"));
  });

  it("is not answered over another session", async () => {
    const peer = await openAsked();
    const other = await openAsked();
    const stream = readStream(await peer.post(one, callOf(1, "ask", { about: "mine" })));
    const question = await readQuestion(stream);
    for (const at of [one, two]) await answer(other, at, question, "decline");
    await answer(peer, two, question, "accept");
    await eventually(() => expect(textOf(stream)).toContain("mine: accept"));
  });
});

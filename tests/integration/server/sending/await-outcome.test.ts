import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WAITERS_PER_KEY } from "#server/utils/changes/create-wakeup";
import { newId } from "#server/utils/ids";
import { callTool, type ToolCall } from "#server/utils/mcp/call-tool";
import { eventually } from "#tests/helpers/eventually";
import { callAs, errorOf, type SentMessage } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

interface Awaited {
  readonly isError: boolean;
  readonly content: SentMessage & {
    history?: { status: string; at: string; error?: Json }[];
    approval?: { id: string };
  };
}

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;
/** Progress of the latest call. */
let reports: [number, number | undefined, string][];

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(() => ctx.sql`truncate audit_log`);

afterAll(() => ctx.close());

/** Sends a text and begins to wait for how it goes; the id is known as soon as the message is stored. */
async function start(args: Json, more: Partial<Pick<ToolCall, "signal" | "askPerson" | "principal">> = {}) {
  reports = [];
  const known = reports;
  const to = `+${(lastDigits += 1)}`;
  const [before] = await ctx.sql<[{ count: number }]>`select count(*)::int as count from messages`;
  const calling = callTool(ctx.system, {
    name: "send_message",
    arguments: { to, body: "hello", phone_number_id: "101", timeout_s: 20, ...args },
    principal: tenants.ann.principal,
    requestId: newId(),
    signal: new AbortController().signal,
    reportProgress: (...report) => void known.push(report),
    ...more,
  });
  const answer = calling.then(({ isError, structuredContent }): Awaited => ({
    isError,
    content: structuredContent as unknown as Awaited["content"],
  }));
  const id = await eventually(async () => {
    const rows = await ctx.sql<{ id: string }[]>`select id from messages order by id desc`;
    expect(rows).toHaveLength(before.count + 1);
    return rows[0]?.id ?? "";
  });
  return { answer, id, to };
}

const report = async (id: string, status: string, more: Json = {}): Promise<void> => {
  const { wamid } = await readMessage(ctx, id);
  const statuses = [statusOf(wamid ?? "", status, ctx.clock.now(), more)];
  await receiveWebhook(ctx, webhookBody("101", { statuses }));
};
const untilReported = (status: string) =>
  eventually(() => expect(reports.map(([, , message]) => message)).toContain(status));
const historyOf = ({ content }: Awaited) => content.history?.map(({ status }) => status);

describe("a send that waits", () => {
  it.each([
    ["sent", ["queued", "sending", "accepted", "sent"]],
    ["delivered", ["queued", "sending", "accepted", "sent", "delivered"]],
    ["read", ["queued", "sending", "accepted", "sent", "delivered", "read"]],
  ])("for %s answers when it is, and reports each step", async (wait_for, steps) => {
    const { answer, id } = await start({ wait_for });
    await untilReported("queued");
    await deliverEvents(ctx);
    await untilReported("accepted");
    for (const status of steps.slice(3)) {
      await report(id, status);
      await untilReported(status);
    }
    const ended = await answer;
    expect(ended.isError).toBe(false);
    expect(ended.content).toMatchObject({ message_id: id, status: wait_for, window: { open: false } });
    expect(historyOf(ended)).toEqual(steps);
    const total = steps.length - 1;
    expect(reports).toEqual(steps.map((status, index) => [index, total, status]));
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it("answers when it has come further than asked, and reports no step twice or back", async () => {
    const { answer, id } = await start({ wait_for: "delivered" });
    await deliverEvents(ctx);
    await untilReported("accepted");
    await report(id, "read");
    const ended = await answer;
    expect(ended.content.status).toBe("read");
    const steps = reports.map(([done]) => done);
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
  });

  it("answers at once when the message failed, and says why as get_message_status does", async () => {
    const { answer, id } = await start({ wait_for: "read" });
    await deliverEvents(ctx);
    await report(id, "failed", { errors: [{ code: 131026, title: "Message undeliverable" }] });
    const ended = await answer;
    expect(ended.isError).toBe(false);
    expect(ended.content.status).toBe("failed");
    expect(ended.content.history?.at(-1)?.error).toMatchObject({ code: 131026 });
    const asked = await callAs(ctx, tenants.ann, "get_message_status", { message_id: id });
    expect(asked.structuredContent).toEqual({ status: "failed", history: ended.content.history });
  });

  it("answers at once when Meta refused it", async () => {
    ctx.graph.plan(failing("failed", 131026));
    const { answer } = await start({ wait_for: "sent" });
    await deliverEvents(ctx);
    expect((await answer).content.status).toBe("failed");
  });

  it("answers at once when it was cancelled or is too late", async () => {
    const first = await start({ wait_for: "sent" });
    await untilReported("queued");
    await callAs(ctx, tenants.ann, "cancel_message", { message_id: first.id });
    expect((await first.answer).content.status).toBe("cancelled");
    const second = await start({ wait_for: "sent", expires_in_s: 60 });
    await untilReported("queued");
    ctx.clock.advance(61_000);
    await deliverEvents(ctx);
    expect((await second.answer).content.status).toBe("expired");
  });

  describe("and that a person has to approve", () => {
    const asked = () => {
      const { principal } = tenants.ann;
      const grants = principal.grants.map((grant) => ({ ...grant, confirmPolicy: "always" as const }));
      return { principal: { ...principal, grants } };
    };

    it("answers at once, with the approval", async () => {
      const { answer } = await start({ wait_for: "read" }, asked());
      const { content } = await answer;
      expect(content).toMatchObject({ status: "held", approval: { id: expect.any(String) as string } });
    });

    it("waits when the person approves it within the call", async () => {
      const { answer, id } = await start(
        { wait_for: "sent" },
        { ...asked(), askPerson: async () => "accept" },
      );
      await untilReported("queued");
      await deliverEvents(ctx);
      await report(id, "sent");
      const { content } = await answer;
      expect(content.status).toBe("sent");
      expect(content).not.toHaveProperty("approval");
    });
  });

  it("answers with where it stands when the time is over, and never as an error", async () => {
    const { answer, id } = await start({ wait_for: "read", timeout_s: 0.3 });
    await deliverEvents(ctx);
    const ended = await answer;
    expect(ended.isError).toBe(false);
    expect(["queued", "sending", "accepted"]).toContain(ended.content.status);
    expect((await readMessage(ctx, id)).status).toBe("accepted");
    const none = await start({ wait_for: "read", timeout_s: 0 });
    expect((await none.answer).content.status).toBe("queued");
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it("is released when the caller goes; the send itself goes on", async () => {
    const caller = new AbortController();
    const { answer, id } = await start({ wait_for: "read" }, { signal: caller.signal });
    await untilReported("queued");
    caller.abort();
    expect((await answer).content.status).toBe("queued");
    expect([ctx.changes.listenerCount, ctx.changes.countOf(tenants.ann.keyId)]).toEqual([0, 0]);
    await deliverEvents(ctx);
    expect((await readMessage(ctx, id)).status).toBe("accepted");
  });

  it("leaves one audit row, written with the message", async () => {
    const { answer, id } = await start({ wait_for: "sent" });
    await untilReported("queued");
    const rows = () => ctx.sql`select outcome, message_id from audit_log where action = 'tool.send_message'`;
    expect(await rows()).toEqual([{ outcome: "ok", message_id: id }]);
    await deliverEvents(ctx);
    await report(id, "sent");
    await answer;
    expect(await rows()).toHaveLength(1);
  });

  it("can be repeated with its idempotency_key, and waits for the same message", async () => {
    const idempotency_key = "once";
    await deliverEvents(ctx);
    const sentBefore = ctx.graph.calls.length;
    const first = await start({ idempotency_key });
    expect((await first.answer).content).not.toHaveProperty("history");
    const again = callAs(ctx, tenants.ann, "send_message", {
      to: first.to,
      body: "hello",
      phone_number_id: "101",
      idempotency_key,
      wait_for: "delivered",
      timeout_s: 20,
    });
    await eventually(() => expect(ctx.changes.listenerCount).toBe(1));
    await deliverEvents(ctx);
    await report(first.id, "delivered");
    expect((await again).structuredContent).toMatchObject({ message_id: first.id, status: "delivered" });
    expect(ctx.graph.calls.length).toBe(sentBefore + 1);
  });

  it("tells of its own message only, however many move at the same time", async () => {
    const all = [];
    for (let index = 0; index < 5; index += 1) all.push(await start({ wait_for: "sent" }));
    await deliverEvents(ctx);
    for (const { id, answer } of all.toReversed()) {
      await report(id, "sent");
      expect((await answer).content).toMatchObject({ message_id: id, status: "sent" });
    }
    expect(ctx.changes.listenerCount).toBe(0);
  });

  it("answers with what is when as many calls of the key wait as may: it was sent all the same", async () => {
    const callers = Array.from({ length: WAITERS_PER_KEY }, () => new AbortController());
    const waiting = callers.map(({ signal }) =>
      callAs(
        ctx,
        tenants.ann,
        "wait_for_messages",
        { timeout_s: 30, conversation_id: undefined },
        { signal },
      ),
    );
    await eventually(() => expect(ctx.changes.countOf(tenants.ann.keyId)).toBe(WAITERS_PER_KEY));
    const { answer, id } = await start({ wait_for: "read" });
    expect((await answer).content).toMatchObject({ message_id: id, status: "queued" });
    for (const caller of callers) caller.abort();
    await Promise.all(waiting);
  });

  it("is no error when the status cannot be read: the message is queued", async () => {
    const read = ctx.database.asClient;
    let isAway = false;
    const asClient: typeof read = (clientId, work) => {
      if (isAway) return Promise.reject(new Error("away"));
      isAway = true;
      return read(clientId, work);
    };
    const system = { ...ctx.system, database: { ...ctx.database, asClient } };
    const args = { to: `+${(lastDigits += 1)}`, body: "x", phone_number_id: "101" };
    const more = { wait_for: "sent", timeout_s: 0.2 };
    const answer = await callAs({ system }, tenants.ann, "send_message", { ...args, ...more });
    expect(answer).toMatchObject({ isError: false, structuredContent: { status: "queued" } });
  });
});

describe("a send that does not wait", () => {
  it("answers as ever, and reports nothing", async () => {
    const { answer } = await start({});
    expect(Object.keys((await answer).content).toSorted()).toEqual([
      "conversation_id",
      "message_id",
      "status",
      "window",
    ]);
    expect(reports).toEqual([]);
  });

  it.each(["accepted", "played", "failed", ""])("takes no %j to wait for", async (wait_for) => {
    const args = { to: "+16505551111", body: "x", phone_number_id: "101", wait_for };
    expect(errorOf(await callAs(ctx, tenants.ann, "send_message", args)).code).toBe("invalid_arguments");
  });
});

import { DrizzleQueryError } from "drizzle-orm";
import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { describe, expect, it } from "vitest";
import { createFunctions } from "#server/functions/index";
import type { SystemContext } from "#server/utils/context";
import { readConfig } from "#server/utils/config";
import type { Log } from "#server/utils/log";

const PRIVATE = "my PIN is 4711, call 15559998888";
const ID = "01980000-0000-7000-8000-000000000000";

/** A context whose database fails in the way that drizzle fails: with every parameter in the message. */
function createFailingContext(lines: string[]): SystemContext {
  const fail = async (): Promise<never> => {
    const cause = Object.assign(new Error("deadlock detected"), { code: "40P01" });
    throw new DrizzleQueryError("insert into messages values ($1)", [PRIVATE], cause);
  };
  const log = (...args: unknown[]): void => void lines.push(args.map(String).join(" "));
  const tx = { execute: fail, select: fail, insert: fail, update: fail, delete: fail };
  return {
    config: readConfig({
      DATABASE_URL: "postgres://localhost/x",
      META_APP_SECRET: "a",
      META_VERIFY_TOKEN: "b",
      META_ACCESS_TOKEN: "c",
      API_KEY_PEPPER: "d".repeat(32),
      MEDIA_URL_SECRET: "e".repeat(32),
      INNGEST_DEV: "1",
    }),
    clock: { now: () => new Date(0) },
    log: { debug: log, info: log, warn: log, error: log } as unknown as Log,
    database: { system: tx, asSystem: fail, asClient: fail, listen: fail, close: fail } as never,
    graph: { sendMessage: fail },
    wakeRelay: () => {},
    changes: { lastSeq: 0, subscribe: () => () => {}, countOf: () => 0 },
    conversationNews: { subscribe: () => () => {} },
  };
}

async function run(
  id: string,
  name: string,
  data: Record<string, unknown>,
  lines: string[],
): Promise<Response> {
  const inngest = new Inngest({ id: "wamcp", isDev: true, checkpointing: false });
  const handle = serve({ client: inngest, functions: createFunctions(inngest, createFailingContext(lines)) });
  const event = { name, data, id: ID, ts: 0 };
  const ctx = { run_id: ID, attempt: 0, max_attempts: 10, stack: { stack: [], current: 0 }, use_api: false };
  return handle(
    new Request(`http://localhost/api/inngest?fnId=wamcp-${id}&stepId=step`, {
      method: "POST",
      headers: { host: "localhost", "content-type": "application/json", "x-inngest-req-version": "2" },
      body: JSON.stringify({ version: -1, event, events: [event], steps: {}, ctx, use_api: false }),
    }),
  );
}

describe("a function whose database fails", () => {
  it.each([
    ["process-inbox", "wa/inbox.received", { inbox_ids: [ID] }],
    ["send-message", "wa/message.queued", { message_id: ID, phone_number_id: ID, conversation_id: ID }],
    [
      "settle-uncertain",
      "wa/message.uncertain",
      { message_id: ID, phone_number_id: ID, conversation_id: ID },
    ],
  ])("tells Inngest and the log nothing of the query's parameters: %s", async (id, name, data) => {
    const lines: string[] = [];
    const response = await run(id, name, data, lines);
    const answer = await response.text();
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(answer).toContain("unavailable");
    expect(response.headers.get("retry-after")).not.toBeNull();
    for (const text of [answer, lines.join("\n")]) {
      expect(text).not.toContain("4711");
      expect(text).not.toContain("15559998888");
    }
  });
});

describe("alert-on-failure", () => {
  it("does not alert about its own failure, which would fail for the same reason", async () => {
    const lines: string[] = [];
    const data = { function_id: "wamcp-alert-on-failure", run_id: ID };
    const response = await run("alert-on-failure", "inngest/function.failed", data, lines);
    expect(response.status).toBe(200);
    expect(lines).toEqual([`alerts are not delivered; run ${ID}`]);
  });

  it("logs what an alert about the disk says, which is no number's", async () => {
    const lines: string[] = [];
    const data = { kind: "storage", state: "ENOSPC" };
    const response = await run("alert-on-failure", "wa/alert.raised", data, lines);
    expect(await response.json()).toEqual({ kind: "storage", is_posted: false });
    expect(lines).toEqual(["alert: kind storage state ENOSPC"]);
  });

  it("logs what a number's alert says", async () => {
    const lines: string[] = [];
    const data = { kind: "number_paused", phone_number_id: ID, code: 190 };
    const response = await run("alert-on-failure", "wa/alert.raised", data, lines);
    expect(await response.json()).toEqual({ kind: "number_paused", is_posted: false });
    expect(lines).toEqual([`alert: kind number_paused phone_number_id ${ID} code 190`]);
  });
});

describe("upload-media", () => {
  it("leaves no client more than a quarter of the places", () => {
    const inngest = new Inngest({ id: "wamcp", isDev: true, checkpointing: false });
    const context = createFailingContext([]);
    const limitsOf = (downloadsAtOnce: number): unknown => {
      const given = { ...context, config: { ...context.config, downloadsAtOnce } };
      return createFunctions(inngest, given).find((one) => one.id() === "upload-media")?.opts.concurrency;
    };
    expect(limitsOf(8)).toEqual([{ limit: 8 }, { key: "event.data.client_id", limit: 2 }]);
    expect(limitsOf(1)).toEqual([{ limit: 1 }, { key: "event.data.client_id", limit: 1 }]);
  });
});

describe("a function that asks Meta about an account", () => {
  it.each(["sync-templates", "sync-numbers"])("is started once for many events of the account: %s", (id) => {
    const inngest = new Inngest({ id: "wamcp", isDev: true, checkpointing: false });
    const served = createFunctions(inngest, createFailingContext([])).find((one) => one.id() === id);
    expect(served?.opts).toMatchObject({ debounce: { key: "event.data.waba_id" } });
  });
});

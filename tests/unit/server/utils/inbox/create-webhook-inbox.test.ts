import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "#db/client";
import { createWebhookInbox, type WebhookInbox } from "#server/utils/inbox/create-webhook-inbox";
import type { ReceivedBody } from "#server/utils/inbox/store";
import { defer, type Deferred } from "../../helpers/defer";

const MEBIBYTE = 1024 * 1024;
const NOW = new Date("2025-06-15T12:00:00.000Z");

interface Statement extends Deferred<void> {
  readonly rows: readonly ReceivedBody[];
}

let statements: Statement[];
let accepted: string[][];
let inbox: WebhookInbox;

beforeEach(() => {
  statements = [];
  accepted = [];
  const execute = (query: SQL): Promise<void> => {
    const statement = { rows: readRows(query), ...defer() };
    statements.push(statement);
    return statement.promise;
  };
  inbox = createWebhookInbox({
    database: { system: { execute } } as unknown as Database,
    clock: { now: () => NOW },
    onAccepted: (ids) => void accepted.push([...ids]),
  });
});
afterEach(() => void vi.useRealTimers());

/** What a statement stores: its three parameters are arrays of PostgreSQL, of ids, bodies and times. */
function readRows(query: SQL): ReceivedBody[] {
  const { params } = new PgDialect().sqlToQuery(query);
  const [ids = [], contents = [], times = []] = params.map((array) => String(array).slice(1, -1).split(","));
  return ids.map((id, index) => ({
    id,
    body: Buffer.from(String(contents[index]).slice('"\\\\x'.length, -1), "hex"),
    receivedAt: new Date(String(times[index])),
  }));
}

const bodies = (): string[][] => statements.map(({ rows }) => rows.map(({ body }) => body.toString()));
const sizes = (): number[] => statements.map(({ rows }) => rows.length);
/** The turn of the loop in which a flush comes, and the promises after it. */
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

/** How an accept ends, as a word that can be looked at while it is open. */
function watch(body: string | Buffer): { state: string } {
  const watched = { state: "waiting" };
  inbox.accept(Buffer.from(body)).then(
    () => (watched.state = "stored"),
    (error: unknown) => (watched.state = error instanceof Error ? error.message : "failed"),
  );
  return watched;
}

describe("createWebhookInbox", () => {
  it("resolves after the commit and not before, and then tells who works on", async () => {
    const request = watch("one");
    await turn();
    expect(bodies()).toEqual([["one"]]);
    expect(statements[0]?.rows[0]?.receivedAt).toEqual(NOW);
    expect([request.state, accepted]).toEqual(["waiting", []]);
    statements[0]?.resolve();
    await turn();
    expect(request.state).toBe("stored");
    expect(accepted).toEqual([[statements[0]?.rows[0]?.id]]);
  });

  it("stores requests of one turn with one statement, each under an id of its own", async () => {
    const requests = ["a", "b", "c"].map((body) => watch(body));
    await turn();
    expect(bodies()).toEqual([["a", "b", "c"]]);
    expect(new Set(statements[0]?.rows.map(({ id }) => id)).size).toBe(3);
    statements[0]?.resolve();
    await turn();
    expect(requests.map(({ state }) => state)).toEqual(["stored", "stored", "stored"]);
  });

  it("has one insert under way at most, and gathers what comes meanwhile into the next", async () => {
    watch("a");
    await turn();
    for (const body of ["b", "c"]) {
      watch(body);
      await turn();
    }
    expect(bodies()).toEqual([["a"]]);
    statements[0]?.resolve();
    await turn();
    expect(bodies()).toEqual([["a"], ["b", "c"]]);
  });

  it("rejects every request of an insert that failed, tells nobody of them, and goes on", async () => {
    const requests = ["a", "b"].map((body) => watch(body));
    await turn();
    const next = watch("c");
    statements[0]?.reject(new Error("the database is away"));
    await turn();
    expect(requests.map(({ state }) => state)).toEqual(["the database is away", "the database is away"]);
    expect(accepted).toEqual([]);
    statements[1]?.resolve();
    await turn();
    expect(next.state).toBe("stored");
    expect(accepted).toHaveLength(1);
  });

  it("answers a request as stored even if the one who works on fails at once", async () => {
    const execute = async (): Promise<void> => {};
    inbox = createWebhookInbox({
      database: { system: { execute } } as unknown as Database,
      clock: { now: () => NOW },
      onAccepted: () => {
        throw new Error("no relay");
      },
    });
    await expect(inbox.accept(Buffer.from("a"))).resolves.toBeUndefined();
    await expect(inbox.accept(Buffer.from("b"))).resolves.toBeUndefined();
  });

  it("puts at most 200 bodies into a statement", async () => {
    for (let index = 0; index < 450; index += 1) watch(String(index));
    for (let index = 0; index < 3; index += 1) {
      await turn();
      statements[index]?.resolve();
    }
    await turn();
    expect(sizes()).toEqual([200, 200, 50]);
    expect(bodies().flat()).toEqual(Array.from({ length: 450 }, (_, index) => String(index)));
  });

  it("puts at most 8 MiB into a statement, and a larger body alone", async () => {
    for (const mebibytes of [3, 3, 2, 3, 9, 1]) watch(Buffer.alloc(mebibytes * MEBIBYTE));
    for (let index = 0; index < 4; index += 1) {
      await turn();
      statements[index]?.resolve();
    }
    await turn();
    expect(statements.map(({ rows }) => rows.map(({ body }) => body.length / MEBIBYTE))).toEqual([
      [3, 3, 2],
      [3],
      [9],
      [1],
    ]);
  });

  it("keeps no more than 64 MiB waiting, and takes more as soon as there is room", async () => {
    watch("first");
    await turn();
    const large = Buffer.alloc(16 * MEBIBYTE);
    const waiting = [large, large, large, large].map((body) => watch(body));
    const refused = watch("x");
    await turn();
    expect(waiting.map(({ state }) => state)).toEqual(["waiting", "waiting", "waiting", "waiting"]);
    expect(refused.state).toBe("too much waits to be stored");
    statements[0]?.resolve();
    await turn();
    const taken = watch("y");
    await turn();
    expect(taken.state).toBe("waiting");
  });

  it("gives up on an insert that hangs, so that Meta comes again, and goes on", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const request = watch("a");
    await turn();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(request.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    await turn();
    expect(request.state).toMatch(/took longer/);
    const next = watch("b");
    await turn();
    statements[1]?.resolve();
    await turn();
    expect(next.state).toBe("stored");
  });
});

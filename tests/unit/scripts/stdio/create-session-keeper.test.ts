import { beforeEach, describe, expect, it } from "vitest";
import { createPacer } from "../../../../scripts/stdio/create-pacer";
import { createSessionKeeper, type SessionKeeper } from "../../../../scripts/stdio/create-session-keeper";
import type { Session } from "../../../../scripts/stdio/create-http-link";
import type { OwnReply } from "../../../../scripts/stdio/ask-server";

const PARAMS = {
  protocolVersion: "2025-11-25",
  capabilities: { roots: {} },
  clientInfo: { name: "h", version: "1" },
};
const OPENED = { protocolVersion: "2025-11-25" };

let log: string[];
let opened: number;
let onRequest: (method: string, session: Session | undefined) => OwnReply | undefined;
let keeper: SessionKeeper;
let stop: AbortController;

beforeEach(() => {
  log = [];
  opened = 1;
  onRequest = () => undefined;
  stop = new AbortController();
  keeper = createSessionKeeper({
    pacer: createPacer(),
    signal: stop.signal,
    log: () => undefined,
    steps: {
      request: async (method, params, session) => {
        const what = method === "initialize" ? JSON.stringify(params) : String(params.uri);
        log.push(`${method} ${what} in ${session?.id}`);
        const scripted = onRequest(method, session);
        if (scripted !== undefined) return scripted;
        if (method === "initialize") opened++;
        return { sent: { kind: "done" }, result: OPENED, sessionId: `s${opened}` };
      },
      notify: async (method, session) => {
        log.push(`${method} in ${session.id}`);
        return { kind: "done" };
      },
      startListening: async (session) => void log.push(`listen in ${session.id}`),
      announce: async (uri) => void log.push(`announce ${uri}`),
      retractQuestions: async () => void log.push("retract"),
    },
  });
  keeper.open(PARAMS, OPENED, "s1");
  keeper.markReady();
  keeper.subscriptions.add("a");
});

const first = (): Session => {
  const session = keeper.current();
  if (session === undefined) throw new Error("no session");
  return session;
};

describe("createSessionKeeper", () => {
  it("replays the host's handshake, the stream and the subscriptions in order", async () => {
    expect(await keeper.renew(first())).toBeUndefined();
    expect(log).toEqual([
      `initialize ${JSON.stringify(PARAMS)} in undefined`,
      "notifications/initialized in s2",
      "retract",
      "listen in s2",
      "resources/subscribe a in s2",
      "announce a",
    ]);
    expect(keeper.current()).toEqual({ generation: 2, id: "s2", protocolVersion: "2025-11-25" });
  });

  it("opens one session for all who lost the same one", async () => {
    const lost = first();
    await Promise.all([keeper.renew(lost), keeper.renew(lost), keeper.renew(lost)]);
    await keeper.renew(lost);
    expect(log.filter((line) => line.startsWith("initialize"))).toHaveLength(1);
  });

  it("does not say initialized for a host that has not", async () => {
    keeper.open(PARAMS, OPENED, "s1");
    await keeper.renew(first());
    expect(log).toEqual([expect.stringContaining("initialize"), "retract"]);
  });

  it("starts over when the new session is lost as well", async () => {
    onRequest = (method, session) =>
      method === "resources/subscribe" && session?.id === "s2" ? { sent: { kind: "lost" } } : undefined;
    expect(await keeper.renew(first())).toBeUndefined();
    expect(keeper.current()?.id).toBe("s3");
    expect(log.filter((line) => line.startsWith("announce"))).toEqual(["announce a"]);
  });

  it("says why when the server refuses, and tries afresh for the next who asks", async () => {
    const error = { code: -32004, message: "no" };
    onRequest = () => ({ sent: { kind: "gave_up", error } });
    expect(await keeper.renew(first())).toBe(error);
    expect(keeper.current()?.id).toBe("s1");
    onRequest = () => undefined;
    expect(await keeper.renew(first())).toBeUndefined();
    expect(keeper.current()?.id).toBe("s2");
  });

  it("stops trying when the shim stops", async () => {
    onRequest = () => ({ sent: { kind: "aborted" } });
    stop.abort();
    expect(await keeper.renew(first())).toMatchObject({ message: expect.stringContaining("stopping") });
  });

  it("forgets the old subscriptions when the host opens a session of its own", () => {
    keeper.open(PARAMS, OPENED, "s9");
    expect([...keeper.subscriptions]).toEqual([]);
    expect(keeper.current()).toMatchObject({ generation: 2, id: "s9" });
  });
});

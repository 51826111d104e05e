import { describe, expect, it } from "vitest";
import { decideNextStep } from "../../../../scripts/stdio/decide-next-step";
import type { PostOutcome } from "../../../../scripts/stdio/post-message";

const facts = { wantsAnswer: true, hadSession: true, where: "http://127.0.0.1/mcp", hasKey: true };
const status = (code: number, more: { body?: string; retryAfterMs?: number } = {}): PostOutcome => ({
  kind: "status",
  status: code,
  body: "",
  ...more,
});
const rpcError = (code: number): string =>
  JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message: "m" } });

describe("decideNextStep", () => {
  it.each<[string, PostOutcome, object]>([
    [
      "nothing was sent",
      { kind: "failed", nothingSent: true, isPermanent: false, reason: "ECONNREFUSED" },
      { do: "wait" },
    ],
    [
      "something may have been sent",
      { kind: "failed", nothingSent: false, isPermanent: false, reason: "ECONNRESET" },
      { do: "recover" },
    ],
    [
      "the certificate is bad",
      { kind: "failed", nothingSent: true, isPermanent: true, reason: "CERT_HAS_EXPIRED" },
      { do: "answer" },
    ],
    [
      "the answer broke off",
      { kind: "broken", reason: "terminated", cursor: "e1" },
      { do: "recover", isBroken: true, cursor: "e1" },
    ],
    [
      "the answer ended early",
      { kind: "read", cursor: "e1", retryMs: 5 },
      { do: "recover", isBroken: false, cursor: "e1", retryMs: 5 },
    ],
    ["the session is unknown", status(404, { body: rpcError(-32001) }), { do: "renew" }],
    [
      "the method is unknown",
      status(404, { body: rpcError(-32601) }),
      { do: "answer", error: { code: -32601 } },
    ],
    ["it is told to wait", status(503, { retryAfterMs: 7 }), { do: "wait", ms: 7 }],
    [
      "it is too fast",
      status(429, { retryAfterMs: 7, body: rpcError(-32050) }),
      { do: "wait", ms: 7, error: { code: -32050 } },
    ],
    ["it is too fast for an unknown time", status(429), { do: "answer" }],
    ["a proxy has lost the server", status(502), { do: "recover" }],
    [
      "the server itself says 503",
      status(503, { body: rpcError(-32000) }),
      { do: "answer", error: { code: -32000 } },
    ],
    ["the server broke down", status(500), { do: "answer", failedWith: "HTTP 500" }],
    ["the body is too large", status(413), { do: "answer" }],
    ["a sign-in page came", { kind: "not_mcp", contentType: "text/html" }, { do: "answer" }],
  ])("when %s", (_, outcome, step) => {
    expect(decideNextStep(outcome, facts)).toMatchObject(step);
  });

  it("takes a 404 outside a session for a wrong address", () => {
    const step = decideNextStep(status(404), { ...facts, hadSession: false });
    expect(step).toMatchObject({ do: "answer", error: { message: expect.stringContaining("WAMCP_URL") } });
  });

  it("is done with a notification as soon as the server has taken it", () => {
    const notification = { ...facts, wantsAnswer: false };
    expect(decideNextStep({ kind: "read" }, notification)).toEqual({ do: "finish" });
    expect(decideNextStep({ kind: "broken", reason: "terminated" }, notification)).toEqual({ do: "finish" });
  });
});

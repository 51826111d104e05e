import { describe, expect, it } from "vitest";
import { interpretAnswer } from "#dev/inngest/executor/interpret-answer";

const SDK = { "x-inngest-sdk": "inngest-js:v4.24.0", "x-inngest-req-version": "2" };

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return {
    status,
    headers: { ...SDK, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

describe("interpretAnswer", () => {
  it("reads a result and step operations", () => {
    expect(interpretAnswer(answer(200, { n: 1 }))).toEqual({ kind: "done", data: { n: 1 } });
    const operations = [{ id: "a", op: "StepRun", data: 1 }];
    expect(interpretAnswer(answer(206, operations))).toEqual({ kind: "steps", operations, race: false });
    expect(interpretAnswer(answer(206, operations, { "x-inngest-req-version": "1" }))).toMatchObject({
      race: true,
    });
  });

  it("repeats a 500, but not a 400 and not what says no-retry", () => {
    const error = { name: "TypeError", message: "no", stack: "at" };
    const kind = "failed";
    expect(interpretAnswer(answer(500, error))).toEqual({ kind, error, retriable: true });
    expect(interpretAnswer(answer(400, error))).toMatchObject({ kind, retriable: false });
    const final = answer(500, error, { "x-inngest-no-retry": "true" });
    expect(interpretAnswer(final)).toMatchObject({ kind, retriable: false });
  });

  it("reads retry-after in seconds and as a date", () => {
    expect(interpretAnswer(answer(500, {}, { "retry-after": "2" }))).toMatchObject({ retryAfterMs: 2000 });
    const date = new Date(Date.now() + 60_000).toISOString();
    const { retryAfterMs } = interpretAnswer(answer(206, [], { "retry-after": date })) as {
      retryAfterMs: number;
    };
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(interpretAnswer(answer(500, {}, { "retry-after": "soon" }))).not.toHaveProperty("retryAfterMs");
  });

  it("takes a gateway's error for an app that is away, unless the SDK sent it", () => {
    const gateway = { status: 503, headers: {}, body: "<html>starting</html>" };
    expect(interpretAnswer(gateway)).toMatchObject({ kind: "unreachable" });
    expect(interpretAnswer(answer(503, { message: "mine" }))).toMatchObject({
      kind: "failed",
      retriable: true,
    });
  });

  it("counts an answer without JSON as a failed attempt", () => {
    expect(interpretAnswer(answer(200, "<html>"))).toMatchObject({ kind: "failed", retriable: true });
    expect(interpretAnswer(answer(500, { error: "only this" }))).toMatchObject({
      error: { message: "only this" },
    });
  });
});

import { describe, expect, it } from "vitest";
import { AppError } from "#server/utils/errors";
import { rpcAppError, rpcError } from "#server/utils/mcp/rpc-error";

describe("rpcError", () => {
  it("is a whole answer that belongs to no request", async () => {
    const response = rpcError(400, -32700, "Parse error", { "x-a": "b" });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(response.headers.get("x-a")).toBe("b");
    expect(await response.json()).toEqual({
      jsonrpc: "2.0",
      error: { code: -32700, message: "Parse error" },
      id: null,
    });
  });

  it("carries data when there is some", async () => {
    const body: unknown = await rpcError(429, -32000, "Wait", {}, { a: 1 }).json();
    expect(body).toMatchObject({ error: { data: { a: 1 } } });
  });
});

describe("rpcAppError", () => {
  it("asks an unknown caller for a key", async () => {
    const response = rpcAppError(new AppError("unauthorized", "This needs a key.", { advice: "Send one." }));
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="wamcp"');
    expect(await response.json()).toMatchObject({
      error: {
        code: -32001,
        message: "This needs a key.",
        data: { code: "unauthorized", retryable: false, advice: "Send one." },
      },
    });
  });

  it("says when to come back", async () => {
    const response = rpcAppError(new AppError("unavailable", "Away.", { retryAfterSeconds: 5 }));
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await response.json()).toMatchObject({ error: { code: -32000, data: { retryable: true } } });
  });

  it("says nothing of what caused it", async () => {
    const error = new AppError("internal", "It failed.", { cause: new Error("hunter2") });
    expect(await rpcAppError(error).text()).not.toContain("hunter2");
  });
});

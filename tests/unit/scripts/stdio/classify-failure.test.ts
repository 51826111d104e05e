import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import getPort from "get-port";
import { describe, expect, it } from "vitest";
import { classifyFailure } from "../../../../scripts/stdio/classify-failure";

const failed = (cause: unknown): TypeError => new TypeError("fetch failed", { cause });
const withCode = (code: string, more: object = {}): Error =>
  Object.assign(new Error("secret text"), { code, ...more });
const failureOf = (url: string) =>
  fetch(url, { method: "POST", body: "{}" }).catch((error: unknown) => error);

describe("classifyFailure", () => {
  it.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"])(
    "knows that %s sent nothing",
    (code) => {
      expect(classifyFailure(failed(withCode(code)))).toEqual({
        nothingSent: true,
        isPermanent: false,
        reason: code,
      });
    },
  );

  it.each(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT", "ETIMEDOUT"])(
    "does not trust %s",
    (code) => {
      expect(classifyFailure(failed(withCode(code)))).toMatchObject({
        nothingSent: false,
        isPermanent: false,
      });
    },
  );

  it("trusts any failure of connecting", () => {
    expect(classifyFailure(failed(withCode("EHOSTUNREACH", { syscall: "connect" }))).nothingSent).toBe(true);
  });

  it("trusts several failures only when it trusts each", () => {
    const refused = withCode("ECONNREFUSED");
    const both = (errors: Error[]): TypeError =>
      failed(Object.assign(new AggregateError(errors), { code: "ECONNREFUSED" }));
    expect(classifyFailure(both([refused, refused])).nothingSent).toBe(true);
    expect(classifyFailure(both([refused, withCode("ECONNRESET")])).nothingSent).toBe(false);
  });

  it("calls a bad certificate permanent", () => {
    expect(classifyFailure(failed(withCode("SELF_SIGNED_CERT_IN_CHAIN")))).toMatchObject({
      nothingSent: true,
      isPermanent: true,
    });
  });

  it.each([undefined, null, "text", 7, {}, new Error("secret text")])("makes nothing of %s", (error) => {
    const failure = classifyFailure(error);
    expect(failure).toMatchObject({ nothingSent: false, isPermanent: false });
    expect(failure.reason).not.toContain("secret");
  });

  it("reads what fetch really throws", async () => {
    const port = await getPort({ host: "127.0.0.1" });
    expect(classifyFailure(await failureOf(`http://127.0.0.1:${port}`)).nothingSent).toBe(true);
    expect(classifyFailure(await failureOf("http://127.0.0.1:9")).isPermanent).toBe(true);
    // Reads the request, then hangs up.
    const server = createServer((socket) => socket.on("data", () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(classifyFailure(await failureOf(address))).toMatchObject({
      nothingSent: false,
      isPermanent: false,
    });
    server.close();
  });
});

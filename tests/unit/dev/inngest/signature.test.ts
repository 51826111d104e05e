import { createHash } from "node:crypto";
import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { afterEach, describe, expect, it, vi } from "vitest";
import { canonicalJson } from "#dev/inngest/canonical-json";
import { createSigner } from "#dev/inngest/signature";

const KEY = "0123456789abcdef".repeat(4);

afterEach(() => vi.useRealTimers());

describe("createSigner", () => {
  it("signs what the SDK accepts, and accepts what the SDK signs", async () => {
    const client = new Inngest({
      id: "app",
      isDev: false,
      signingKey: `signkey-test-${KEY}`,
      eventKey: "key",
      logger: { info() {}, warn() {}, error() {}, debug() {} },
    });
    const handler = serve({
      client,
      functions: [client.createFunction({ id: "fn", triggers: [{ event: "go" }] }, () => "ä\u0000😀 1e21")],
    });
    const signer = createSigner(`signkey-test-${KEY}`);
    const body = canonicalJson({
      version: -1,
      event: { name: "go", data: { 10: 1e21, 9: "ü\u0000", f: 0.1 } },
      events: [],
      steps: {},
      ctx: { run_id: "run", attempt: 0 },
    });
    const call = (signature: string) =>
      handler(
        new Request("https://app.test/api/inngest?fnId=app-fn&stepId=step", {
          method: "POST",
          headers: { host: "app.test", "content-type": "application/json", "x-inngest-signature": signature },
          body,
        }),
      );
    const answer = await call(signer.sign(body));
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(signer.verify(text, String(answer.headers.get("x-inngest-signature")))).toBe(true);
    expect(signer.verify(`${text} `, String(answer.headers.get("x-inngest-signature")))).toBe(false);
    expect((await call(createSigner("00".repeat(32)).sign(body))).status).toBe(401);
  });

  it("refuses a signature older than five minutes, and none at all", () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const signer = createSigner(KEY);
    const signature = signer.sign("body");
    expect(signer.verify("body", signature)).toBe(true);
    vi.setSystemTime(1_800_000_000_000 + 301_000);
    expect(signer.verify("body", signature)).toBe(false);
    expect(signer.verify("body", undefined)).toBe(false);
  });

  it("takes the key raw or hashed as bearer, and nothing else", () => {
    const signer = createSigner(`signkey-prod-${KEY}`);
    const hashed = createHash("sha256").update(Buffer.from(KEY, "hex")).digest("hex");
    expect(signer.authorizes(`Bearer ${KEY}`)).toBe(true);
    expect(signer.authorizes(`Bearer signkey-prod-${hashed}`)).toBe(true);
    expect(signer.authorizes("Bearer wrong")).toBe(false);
    expect(signer.authorizes(undefined)).toBe(false);
  });

  it("refuses a key that is not hex of even length", () => {
    expect(() => createSigner("abc")).toThrow(/even/);
    expect(() => createSigner("not hex!")).toThrow(/hex/);
  });
});

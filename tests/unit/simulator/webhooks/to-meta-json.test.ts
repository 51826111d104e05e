import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signBody } from "#simulator/webhooks/sign-body";
import { toMetaJson } from "#simulator/webhooks/to-meta-json";

describe("toMetaJson", () => {
  it("gives the bytes that another implementation of Meta's escaping gives", () => {
    const value = { text: "h\u00e9llo @ a/b \u{1F600} \u2028 \u007f", back: "\\/", nul: "\u0000" };
    // Built with Python's json.dumps(ensure_ascii=True) and its own replacements.
    expect(toMetaJson(value)).toBe(
      String.raw`{"text":"h\u00e9llo \u0040 a\/b \ud83d\ude00 \u2028 ` +
        "\u007f" +
        String.raw`","back":"\\\/","nul":"\u0000"}`,
    );
  });

  it("leaves pure ASCII without slash and at sign alone", () => {
    expect(toMetaJson({ body: 'plain "text"' })).toBe(String.raw`{"body":"plain \"text\""}`);
  });

  it("parses back to the same value and holds only ASCII, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = toMetaJson({ text });
        expect(JSON.parse(json)).toEqual({ text });
        expect(Buffer.byteLength(json)).toBe(json.length);
        expect(/(?<!\\)\//.test(json)).toBe(false);
      }),
    );
  });
});

describe("signBody", () => {
  it("gives the signature that openssl gives", () => {
    // printf '%s' '{"object":"whatsapp_business_account"}' | openssl dgst -sha256 -hmac 'test-app-secret'
    expect(signBody('{"object":"whatsapp_business_account"}', "test-app-secret")).toBe(
      "sha256=b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e",
    );
  });

  it("takes the secret as UTF-8 and signs the escaped bytes", () => {
    const body = toMetaJson({ text: "h\u00e9llo @ a/b \u{1F600} \u2028 \u007f", back: "\\/", nul: "\u0000" });
    // Python: hmac.new("app-secret-\u00e9".encode(), body, hashlib.sha256).hexdigest()
    const expected = "sha256=19cbda1651d9872af30be7ef7def49afa978876ffd2f537777807084905bac3b";
    expect(signBody(body, "app-secret-\u00e9")).toBe(expected);
    expect(signBody(Buffer.from(body), "app-secret-\u00e9")).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { verifySignature } from "#server/utils/meta/signature";

const SECRET = "app-secret-\u00e9";
// Meta escapes everything outside ASCII, "/" and "@"; the signature is over these bytes and no others.
const BODY = Buffer.from(
  String.raw`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",` +
    String.raw`"value":{"messages":[{"id":"wamid.A","type":"text","text":` +
    String.raw`{"body":"h\u00e9llo \u0040 https:\/\/a\/b \ud83d\ude00"}}]}}]}]}`,
);
// Every signature here comes from Python: hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
const SIGNATURE = "sha256=e7a2d4cfb85acd1a5d753a20efcd27c47da85f3d7ccc7568af140b73ff7fad1c";
const BY_OLD_SECRET = "sha256=987955043f51b06a640776a482a648313e2a4abbfc4c81f1ccf0d8168c56c5a7";
const OF_ESCAPES_UNDONE = "sha256=4be271ec2a856e7007e53228d5c840a96b0ded42209bdd0de4a5fbb37cefcccb";

describe("verifySignature", () => {
  it("accepts what Meta signed, escapes and all, with a secret that is UTF-8", () => {
    expect(verifySignature(BODY, SIGNATURE, [SECRET])).toBe(true);
  });

  it("accepts the signature that openssl gives", () => {
    // printf '%s' '{"a":1}' | openssl dgst -sha256 -hmac 'test-app-secret'
    const signature = "sha256=a9076adb7408d26443ef1902aaae098b7ab6b934eddfa6fc1338cd0153ddda4d";
    expect(verifySignature(Buffer.from('{"a":1}'), signature, ["test-app-secret"])).toBe(true);
  });

  it("signs bytes, not text: an empty body and one of every byte", () => {
    const empty = "sha256=a7dfadfa864dba471c925e814eca5ee032a7ded01574b16ac33dd477b5d6d0f7";
    const every = "sha256=e1b60b73fd5e50dc52fa3f0a827df75fd918e18777d0402bfda78658b6560d6e";
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(verifySignature(new Uint8Array(), empty, ["test-app-secret"])).toBe(true);
    expect(verifySignature(bytes, every, ["test-app-secret"])).toBe(true);
    expect(verifySignature(new Uint8Array(), every, ["test-app-secret"])).toBe(false);
  });

  it("refuses the same JSON in other bytes", () => {
    const serialisedAgain = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(verifySignature(serialisedAgain, SIGNATURE, [SECRET])).toBe(false);
    expect(verifySignature(serialisedAgain, OF_ESCAPES_UNDONE, [SECRET])).toBe(true);
    expect(verifySignature(Buffer.concat([BODY, Buffer.from("\n")]), SIGNATURE, [SECRET])).toBe(false);
  });

  it("accepts either of two secrets while one replaces the other, wherever it stands", () => {
    for (const secrets of [
      [SECRET, "old-secret"],
      ["old-secret", SECRET],
    ]) {
      expect(verifySignature(BODY, SIGNATURE, secrets)).toBe(true);
      expect(verifySignature(BODY, BY_OLD_SECRET, secrets)).toBe(true);
    }
    expect(verifySignature(BODY, BY_OLD_SECRET, [SECRET])).toBe(false);
  });

  it("refuses everything when there is no secret", () => {
    expect(verifySignature(BODY, SIGNATURE, [])).toBe(false);
  });

  it("refuses a signature that differs in any one place", () => {
    for (let place = 7; place < SIGNATURE.length; place += 1) {
      const other = SIGNATURE[place] === "0" ? "1" : "0";
      const changed = SIGNATURE.slice(0, place) + other + SIGNATURE.slice(place + 1);
      expect(verifySignature(BODY, changed, [SECRET]), `place ${place}`).toBe(false);
    }
  });

  it.each([
    ["missing", undefined],
    ["empty", ""],
    ["without digits", "sha256="],
    ["one digit short", SIGNATURE.slice(0, -1)],
    ["one digit long", `${SIGNATURE}0`],
    ["in upper case", SIGNATURE.toUpperCase()],
    ["with digits in upper case", `sha256=${SIGNATURE.slice(7).toUpperCase()}`],
    ["without its prefix", SIGNATURE.slice(7)],
    ["of another algorithm", SIGNATURE.replace("sha256", "sha1")],
    ["in base64", "sha256=56LUz7hazRpdsFo6IO/NJ8R9qF89fMx1aK8UC3P/etHA"],
    ["after a space", ` ${SIGNATURE}`],
    ["before a line break", `${SIGNATURE}\n`],
    ["with a digit that is none", `${SIGNATURE.slice(0, -1)}g`],
    ["twice in one header", `${SIGNATURE}, ${SIGNATURE}`],
  ])("refuses a header that is %s, without throwing", (_, header) => {
    expect(verifySignature(BODY, header, [SECRET])).toBe(false);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerHandshake } from "#server/utils/inbox/answer-handshake";

const TOKEN = "verify-token-\u00e9";
const QUERY = { "hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444" };

describe("answerHandshake", () => {
  it("gives Meta's challenge back for our token", () => {
    expect(answerHandshake(QUERY, TOKEN)).toBe("1158201444");
    expect(answerHandshake({ ...QUERY, more: "ignored" }, TOKEN)).toBe("1158201444");
    expect(answerHandshake({ ...QUERY, "hub.challenge": "a_B-9" }, TOKEN)).toBe("a_B-9");
  });

  it.each([
    ["another mode", { ...QUERY, "hub.mode": "unsubscribe" }],
    ["no mode", { ...QUERY, "hub.mode": undefined }],
    ["another token", { ...QUERY, "hub.verify_token": "other" }],
    ["part of the token", { ...QUERY, "hub.verify_token": TOKEN.slice(0, -1) }],
    ["a longer token", { ...QUERY, "hub.verify_token": `${TOKEN}x` }],
    ["an empty token", { ...QUERY, "hub.verify_token": "" }],
    ["no token", { ...QUERY, "hub.verify_token": undefined }],
    ["two tokens", { ...QUERY, "hub.verify_token": [TOKEN, TOKEN] }],
    ["no challenge", { ...QUERY, "hub.challenge": undefined }],
    ["two challenges", { ...QUERY, "hub.challenge": ["1", "2"] }],
    [
      "names with underscores for dots",
      { hub_mode: "subscribe", hub_verify_token: TOKEN, hub_challenge: "1" },
    ],
    ["nothing at all", {}],
  ])("is silent for %s", (_, query) => {
    expect(answerHandshake(query, TOKEN)).toBeUndefined();
  });

  it.each(["", "<script>alert(1)</script>", "a b", "1\n2", "%3C", "\u00e9", "1".repeat(129)])(
    "echoes nothing that could become a page: %j",
    (challenge) => expect(answerHandshake({ ...QUERY, "hub.challenge": challenge }, TOKEN)).toBeUndefined(),
  );

  it("gives nothing away without the token, whatever is asked", () => {
    const query = fc.record({
      "hub.mode": fc.constant("subscribe"),
      "hub.verify_token": fc.string().filter((text) => text !== TOKEN),
      "hub.challenge": fc.oneof(fc.string(), fc.jsonValue()),
    });
    fc.assert(fc.property(query, (given) => void expect(answerHandshake(given, TOKEN)).toBeUndefined()));
  });
});

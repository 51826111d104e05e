import { describe, expect, it } from "vitest";
import { canonicalJson } from "#dev/inngest/canonical-json";

describe("canonicalJson", () => {
  it.each([
    [{ b: 1, a: [{ d: 1, c: 2 }] }, '{"a":[{"c":2,"d":1}],"b":1}'],
    // As text, not as numbers, which is how objects list such keys by themselves.
    [{ 9: "nine", 10: "ten" }, '{"10":"ten","9":"nine"}'],
    [{ big: 1e21, small: 1e-7, whole: 1, minus: -0 }, '{"big":1e+21,"minus":0,"small":1e-7,"whole":1}'],
    [{ text: 'é\u0000"😀' }, '{"text":"é\\u0000\\"😀"}'],
    [{ none: undefined, null: null }, '{"null":null}'],
    [[undefined], "[null]"],
    [undefined, "null"],
  ])("writes %j in one way only", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });
});

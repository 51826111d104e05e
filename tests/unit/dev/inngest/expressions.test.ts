import { describe, expect, it } from "vitest";
import { evaluateExpression, evaluateKey, matchesExpression } from "#dev/inngest/expressions";

const context = {
  event: {
    name: "order",
    data: { n: 1, price: 1.5, text: "a", list: [1, 2], nothing: null, deep: { x: 1 } },
  },
  async: { data: { n: 1 } },
};

describe("evaluateExpression", () => {
  it.each([
    ["event.data.n == 1", true],
    ["async.data.n == event.data.n", true],
    ["event.data.price * 2 == 3.0", true],
    ["event.data.n + 1", 2],
    ["event.data.n > 0 ? 120 : 0", 120],
    ["event.data.text in ['a', 'b']", true],
    ["event.data.list.exists(x, x == 2)", true],
    ["event.data.text + '-' + event.name", "a-order"],
    ["has(event.data.n) && !has(event.data.missing)", true],
  ])("computes %s", (expression, value) => {
    expect(evaluateExpression(expression, context)).toEqual(value);
  });

  it.each([
    ["event.data.missing == null", true],
    ["event.data.missing != 'a'", true],
    ["event.data.nothing == null", true],
    ["event.data.missing == async.data.missing", true],
    ["event.data.missing == 'a' || event.data.n == 1", true],
    ["event.data.missing.deeper == 1", null],
  ])("takes a missing key for null in %s", (expression, value) => {
    expect(evaluateExpression(expression, context)).toBe(value);
  });

  it("is null for an expression that cannot be read or evaluated", () => {
    expect(evaluateExpression("event.data.n ===", context)).toBeNull();
    expect(evaluateExpression("event.data.text > 1", context)).toBeNull();
  });
});

describe("matchesExpression", () => {
  it("holds without a condition and never for anything but true", () => {
    expect(matchesExpression(undefined, context)).toBe(true);
    expect(matchesExpression("event.data.n", context)).toBe(false);
    expect(matchesExpression("no such thing", context)).toBe(false);
  });
});

describe("evaluateKey", () => {
  it("tells values of different types apart", () => {
    expect(evaluateKey("event.data.n", context)).toBe("1");
    expect(evaluateKey("event.data.text", context)).toBe('"a"');
    expect(evaluateKey("event.data.missing", context)).toBe("null");
    expect(evaluateKey(undefined, context)).toBe("");
  });
});

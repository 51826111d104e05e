import { describe, expect, it } from "vitest";
import type { JsonObject } from "#simulator/core/json-object";
import { GraphError } from "#simulator/graph/graph-error";
import { prepareTemplate } from "#simulator/graph/template/prepare-template";
import type { Template } from "#simulator/templates/template";
import { TemplateStore } from "#simulator/templates/template-store";

const BODY = { type: "BODY", text: "Order {{1}} for {{2}}" };
const text = (value: unknown) => ({ type: "text", text: value });
const bodyOf = (...parameters: JsonObject[]) => ({ type: "body", parameters });
const FILLED = bodyOf(text("7"), text("Ann"));
const button = (subType: string, index: unknown, ...parameters: JsonObject[]) => ({
  type: "button",
  sub_type: subType,
  index,
  parameters,
});

function prepare(
  components: JsonObject[],
  sent: JsonObject[],
  more: Partial<Template> = {},
  by: "phone" | "user_id" = "phone",
) {
  const store = new TemplateStore();
  store.add({
    name: "order",
    language: "en",
    category: "UTILITY",
    status: "APPROVED",
    parameterFormat: "POSITIONAL",
    components,
    quality: "UNKNOWN",
    qualityAt: 0,
    rejectedReason: "NONE",
    ...more,
  });
  return prepareTemplate(
    store,
    { name: "order", language: { code: "en" }, components: sent },
    { addressedBy: by },
  );
}

function codeOf(run: () => unknown): number | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof GraphError) return error.code;
    throw error;
  }
}

describe("prepareTemplate", () => {
  it("shows what the person will see", () => {
    const components = [
      { type: "HEADER", format: "TEXT", text: "Hi {{1}}" },
      BODY,
      { type: "FOOTER", text: "Bye" },
      {
        type: "BUTTONS",
        buttons: [
          { type: "QUICK_REPLY", text: "Yes" },
          { type: "QUICK_REPLY", text: "No" },
          { type: "URL", text: "Track", url: "https://shop/{{1}}" },
          { type: "PHONE_NUMBER", text: "Call", phone_number: "+1555" },
          { type: "COPY_CODE", example: "SAVE" },
        ],
      },
    ];
    const sent = [
      { type: "header", parameters: [text("Ann")] },
      FILLED,
      button("quick_reply", "1", { type: "payload", payload: "no-7" }),
      button("url", 2, text("7?a=$&")),
      button("copy_code", 4, { type: "coupon_code", coupon_code: "SAVE10" }),
    ];
    expect(prepare(components, sent)).toEqual({
      name: "order",
      language: "en",
      category: "UTILITY",
      header: { type: "text", text: "Hi Ann" },
      body: "Order 7 for Ann",
      footer: "Bye",
      buttons: [
        { type: "quick_reply", text: "Yes", payload: "Yes" },
        { type: "quick_reply", text: "No", payload: "no-7" },
        { type: "url", text: "Track", url: "https://shop/7?a=$&" },
        { type: "phone_number", text: "Call", phone_number: "+1555" },
        { type: "copy_code", text: "Copy offer code", code: "SAVE10" },
      ],
    });
  });

  it.each<[string, JsonObject[], number | undefined]>([
    ["the right count", [FILLED], undefined],
    ["too few", [bodyOf(text("7"))], 132000],
    ["too many", [bodyOf(text("7"), text("Ann"), text("x"))], 132000],
    ["none", [], 132000],
    ["a picture for a text", [bodyOf({ type: "image", image: { id: "1" } }, text("x"))], 132012],
    ["money", [bodyOf({ type: "currency", currency: { fallback_value: "$7" } }, text("x"))], undefined],
    ["money without words", [bodyOf({ type: "currency", currency: {} }, text("x"))], 131008],
    ["a date", [bodyOf({ type: "date_time", date_time: { fallback_value: "today" } }, text("x"))], undefined],
    ["an empty text", [bodyOf(text(""), text("x"))], 131008],
    ["a line break", [bodyOf(text("a\nb"), text("x"))], 132018],
    ["a tab", [bodyOf(text("a\tb"), text("x"))], 132018],
    ["four spaces", [bodyOf(text("a    b"), text("x"))], undefined],
    ["five spaces", [bodyOf(text("a     b"), text("x"))], 132018],
    ["too long a result", [bodyOf(text("x".repeat(1020)), text("x"))], 132005],
    ["a header nobody asked for", [{ type: "header", parameters: [text("x")] }, FILLED], 132000],
    ["a button nobody asked for", [FILLED, button("quick_reply", 0)], 132012],
  ])("body: %s", (_name, sent, code) => {
    expect(codeOf(() => prepare([BODY], sent))).toBe(code);
  });

  const named = (name: string, value = "x") => ({ type: "text", parameter_name: name, text: value });
  it.each<[string, JsonObject[], number | undefined]>([
    ["in any order", [named("who"), named("order")], undefined],
    ["one twice", [named("who"), named("who")], 132012],
    ["an unknown one", [named("who"), named("what")], 132012],
    ["without names", [text("x"), text("y")], 132012],
    ["too few", [named("who")], 132000],
  ])("named parameters: %s", (_name, parameters, code) => {
    const components = [{ type: "BODY", text: "Order {{order}} for {{who}}" }];
    const run = () => prepare(components, [bodyOf(...parameters)], { parameterFormat: "NAMED" });
    expect(codeOf(run)).toBe(code);
  });

  const headers = (format: string) => [
    { type: "HEADER", format },
    { type: "BODY", text: "x" },
  ];
  it.each<[string, string, JsonObject[], number | undefined]>([
    ["a picture by id", "IMAGE", [{ type: "image", image: { id: "1" } }], undefined],
    ["a picture by link", "IMAGE", [{ type: "image", image: { link: "https://a/b.png" } }], undefined],
    ["a picture that is missing", "IMAGE", [], 132012],
    ["a video for a picture", "IMAGE", [{ type: "video", video: { id: "1" } }], 132012],
    ["a text for a picture", "IMAGE", [text("x")], 132012],
    ["a picture without id", "IMAGE", [{ type: "image", image: {} }], 131008],
    [
      "a document with a name",
      "DOCUMENT",
      [{ type: "document", document: { id: "1", filename: "a.pdf" } }],
      undefined,
    ],
    ["a place", "LOCATION", [{ type: "location", location: { latitude: 1, longitude: 2 } }], undefined],
    [
      "a place off the map",
      "LOCATION",
      [{ type: "location", location: { latitude: 100, longitude: 2 } }],
      131009,
    ],
  ])("header: %s", (_name, format, parameters, code) => {
    expect(codeOf(() => prepare(headers(format), [{ type: "header", parameters }]))).toBe(code);
  });

  const withButton = (...list: JsonObject[]) => [
    { type: "BODY", text: "x" },
    { type: "BUTTONS", buttons: list },
  ];
  const dynamic = { type: "URL", text: "Open", url: "https://a/{{1}}" };
  it.each<[string, JsonObject, JsonObject[], number | undefined]>([
    ["an address and its end", dynamic, [button("url", "0", text("x"))], undefined],
    ["an address without its end", dynamic, [], 131008],
    ["a payload for an address", dynamic, [button("url", "0", { type: "payload", payload: "x" })], 132012],
    ["a button that is not there", dynamic, [button("url", "1", text("x"))], 132012],
    ["a button of another kind", dynamic, [button("quick_reply", "0", text("x"))], 132012],
    [
      "an end for a fixed address",
      { type: "URL", text: "a", url: "https://a" },
      [button("url", 0, text("x"))],
      132000,
    ],
    ["a code that is missing", { type: "COPY_CODE" }, [], 131008],
    [
      "a code of 16",
      { type: "COPY_CODE" },
      [button("copy_code", 0, { type: "coupon_code", coupon_code: "x".repeat(16) })],
      131009,
    ],
    [
      "a payload of 257",
      { type: "QUICK_REPLY", text: "a" },
      [button("quick_reply", 0, { type: "payload", payload: "x".repeat(257) })],
      131009,
    ],
  ])("buttons: %s", (_name, defined, sent, code) => {
    expect(codeOf(() => prepare(withButton(defined), sent))).toBe(code);
  });

  it.each<[Template["status"], number | undefined]>([
    ["APPROVED", undefined],
    ["FLAGGED", undefined],
    ["PENDING", 132001],
    ["REJECTED", 132001],
    ["ARCHIVED", 132001],
    ["PAUSED", 132015],
    ["DISABLED", 132016],
  ])("status %s: %s", (status, code) => {
    expect(codeOf(() => prepare([BODY], [FILLED], { status }))).toBe(code);
  });

  it("wants the language and the number of cards that the template has", () => {
    expect(codeOf(() => prepare([BODY], [FILLED], { language: "de" }))).toBe(132001);
    const carousel = [
      { type: "BODY", text: "x" },
      { type: "CAROUSEL", cards: [{}, {}] },
    ];
    expect(codeOf(() => prepare(carousel, [{ type: "carousel", cards: [{}] }]))).toBe(132000);
    expect(codeOf(() => prepare(carousel, [{ type: "carousel", cards: [{}, {}] }]))).toBeUndefined();
  });

  it("sends codes to phone numbers only", () => {
    expect(codeOf(() => prepare([BODY], [FILLED], { category: "AUTHENTICATION" }, "user_id"))).toBe(131062);
    expect(codeOf(() => prepare([BODY], [FILLED], { category: "UTILITY" }, "user_id"))).toBeUndefined();
  });
});

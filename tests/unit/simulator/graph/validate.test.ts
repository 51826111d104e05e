import { describe, expect, it } from "vitest";
import type { JsonObject } from "#simulator/core/json-object";
import { GraphError } from "#simulator/graph/graph-error";
import { validateContent } from "#simulator/graph/validate/validate-content";
import { validateEnvelope } from "#simulator/graph/validate/validate-envelope";

const base = { messaging_product: "whatsapp", to: "+16505551234" };

/** The code Meta answers with, or undefined when the body is fine. */
function codeOf(body: JsonObject): number | undefined {
  try {
    const { type } = validateEnvelope(body);
    validateContent(body, type);
    return undefined;
  } catch (error) {
    if (error instanceof GraphError) return error.code;
    throw error;
  }
}

const content = (type: string, value: unknown) => codeOf({ ...base, type, [type]: value });
const button = (id: string, title: string) => ({ type: "reply", reply: { id, title } });
const buttons = (...list: unknown[]) => ({ type: "button", body: { text: "?" }, action: { buttons: list } });
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, title: "row" }));
const list = (sections: unknown[]) => ({
  type: "list",
  body: { text: "?" },
  action: { button: "Open", sections },
});

describe("validateEnvelope", () => {
  it.each<[string, JsonObject, number | undefined]>([
    ["takes a plain text", { text: { body: "hi" } }, undefined],
    ["takes a type in capitals", { type: "TEXT", text: { body: "hi" } }, undefined],
    ["wants messaging_product", { messaging_product: undefined }, 100],
    ["wants the right messaging_product", { messaging_product: "sms" }, 100],
    ["knows no groups", { recipient_type: "group" }, 131009],
    ["wants a string as type", { type: 5 }, 100],
    ["refuses an unknown type", { type: "hologram", hologram: {} }, 131051],
    ["refuses the name of an inherited member", { type: "constructor" }, 131051],
    ["wants the quoted message's id", { context: {}, text: { body: "hi" } }, 131008],
    [
      "takes 512 characters of callback data",
      { text: { body: "hi" }, biz_opaque_callback_data: "x".repeat(512) },
      undefined,
    ],
    ["refuses 513", { text: { body: "hi" }, biz_opaque_callback_data: "x".repeat(513) }, 100],
    [
      "refuses callback data that is no string",
      { text: { body: "hi" }, biz_opaque_callback_data: 1 },
      131009,
    ],
  ])("%s", (_name, changes, code) => {
    expect(codeOf({ ...base, ...changes })).toBe(code);
  });
});

describe("validateContent", () => {
  it.each<[string, string, unknown, number | undefined]>([
    ["text of 4096", "text", { body: "x".repeat(4096) }, undefined],
    ["text of 4097", "text", { body: "x".repeat(4097) }, 100],
    ["text without body", "text", {}, 131008],
    ["text with empty body", "text", { body: "" }, 131008],
    ["text with a number as body", "text", { body: 5 }, 131009],
    ["text that is a string", "text", "hi", 131009],
    ["text missing", "text", undefined, 131008],
    ["text with a wrong flag", "text", { body: "hi", preview_url: "yes" }, 131009],
    ["image by id", "image", { id: "1", caption: "c".repeat(1024) }, undefined],
    ["image with a long caption", "image", { id: "1", caption: "c".repeat(1025) }, 131009],
    ["image by link", "image", { link: "https://example.com/a.png" }, undefined],
    ["image with a strange link", "image", { link: "file:///etc/passwd" }, 131009],
    ["image with both", "image", { id: "1", link: "https://example.com/a.png" }, 131009],
    ["image with neither", "image", {}, 131008],
    ["audio with a caption", "audio", { id: "1", caption: "c" }, 131009],
    ["sticker by id", "sticker", { id: "1" }, undefined],
    ["location with numbers", "location", { latitude: 37.4, longitude: -122.1 }, undefined],
    ["location with strings", "location", { latitude: "37.4", longitude: "-122.1" }, undefined],
    ["location off the map", "location", { latitude: 91, longitude: 0 }, 131009],
    ["location without longitude", "location", { latitude: 1 }, 131008],
    ["contacts", "contacts", [{ name: { formatted_name: "Ann", first_name: "Ann" } }], undefined],
    ["contacts without name", "contacts", [{}], 131008],
    ["no contacts", "contacts", [], 131009],
    ["reaction", "reaction", { message_id: "wamid.x", emoji: "\u{1F44D}" }, undefined],
    ["reaction taken back", "reaction", { message_id: "wamid.x", emoji: "" }, undefined],
    ["reaction to nothing", "reaction", { emoji: "x" }, 131008],
    ["template", "template", { name: "hello", language: { code: "en_US" } }, undefined],
    ["template without language", "template", { name: "hello" }, 131008],
    ["one button", "interactive", buttons(button("a", "Yes")), undefined],
    ["four buttons", "interactive", buttons(...["a", "b", "c", "d"].map((id) => button(id, id))), 131009],
    ["no buttons", "interactive", buttons(), 131009],
    ["two buttons of one id", "interactive", buttons(button("a", "Yes"), button("a", "No")), 131009],
    ["a button title of 20", "interactive", buttons(button("a", "x".repeat(20))), undefined],
    ["a button title of 21", "interactive", buttons(button("a", "x".repeat(21))), 131009],
    ["a list of 10 rows", "interactive", list([{ rows: rows(10) }]), undefined],
    [
      "a list of 11 rows",
      "interactive",
      list([
        { title: "a", rows: rows(10) },
        { title: "b", rows: [{ id: "x", title: "x" }] },
      ]),
      131009,
    ],
    [
      "two sections, one without title",
      "interactive",
      list([{ title: "a", rows: rows(1) }, { rows: rows(1) }]),
      131008,
    ],
    [
      "an unknown interactive type",
      "interactive",
      { type: "contact_request", body: { text: "?" }, action: {} },
      131009,
    ],
    ["an interactive without action", "interactive", { type: "button", body: { text: "?" } }, 131008],
  ])("%s", (_name, type, value, code) => {
    expect(content(type, value)).toBe(code);
  });
});

describe("GraphError", () => {
  it("has Meta's shape", () => {
    const error = new GraphError(130429, { details: "too fast", subcode: 2494055 });
    expect(error.httpStatus).toBe(400);
    expect(error.toBody("trace")).toEqual({
      error: {
        message: "(#130429) Rate limit hit",
        type: "OAuthException",
        code: 130429,
        error_data: { messaging_product: "whatsapp", details: "too fast" },
        error_subcode: 2494055,
        fbtrace_id: "trace",
      },
    });
  });
});

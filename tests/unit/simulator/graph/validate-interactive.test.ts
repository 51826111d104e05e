import { describe, expect, it } from "vitest";
import type { JsonObject } from "#simulator/core/json-object";
import { GraphError } from "#simulator/graph/graph-error";
import { validateContent } from "#simulator/graph/validate/validate-content";

function codeOf(type: string, value: unknown): number | undefined {
  try {
    validateContent({ [type]: value }, type);
    return undefined;
  } catch (error) {
    if (error instanceof GraphError) return error.code;
    throw error;
  }
}

const x = (length: number) => "x".repeat(length);
const body = (length = 1) => ({ text: x(length) });
const reply = { buttons: [{ type: "reply", reply: { id: "a", title: "A" } }] };
const link = (more: JsonObject = {}) => ({
  name: "cta_url",
  parameters: { display_text: "Open", url: "https://a.example", ...more },
});
const flow = (more: JsonObject = {}) => ({
  name: "flow",
  parameters: { flow_message_version: "3", flow_id: "1", flow_cta: "Start", ...more },
});
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, title: "row" }));
const list = (more: JsonObject = {}) => ({ button: "Open", sections: [{ rows: rows(1) }], ...more });
const row = (more: JsonObject) => list({ sections: [{ rows: [{ id: "a", title: "b", ...more }] }] });
const products = (count: number) => Array.from({ length: count }, () => ({ product_retailer_id: "p" }));
const image = { type: "image", image: { id: "1" } };
const card = (index: unknown, more: JsonObject = {}) => ({
  card_index: index,
  type: "cta_url",
  header: { type: "image", image: { link: "https://a.example/1.png" } },
  action: link(),
  ...more,
});

describe("interactive", () => {
  it.each<[string, JsonObject, number | undefined]>([
    ["button with a body of 1024", { type: "button", body: body(1024), action: reply }, undefined],
    ["button with a body of 1025", { type: "button", body: body(1025), action: reply }, 131009],
    ["button without a body", { type: "button", action: reply }, 131008],
    [
      "button with a footer of 60",
      { type: "button", body: body(), footer: body(60), action: reply },
      undefined,
    ],
    ["button with a footer of 61", { type: "button", body: body(), footer: body(61), action: reply }, 131009],
    ["button under a picture", { type: "button", body: body(), header: image, action: reply }, undefined],
    [
      "button under music",
      { type: "button", body: body(), header: { type: "audio", audio: { id: "1" } }, action: reply },
      131009,
    ],
    [
      "button under 60 characters",
      { type: "button", body: body(), header: { type: "text", text: x(60) }, action: reply },
      undefined,
    ],
    [
      "button under 61 characters",
      { type: "button", body: body(), header: { type: "text", text: x(61) }, action: reply },
      131009,
    ],
    [
      "button under a picture with a caption",
      {
        type: "button",
        body: body(),
        header: { type: "image", image: { id: "1", caption: "c" } },
        action: reply,
      },
      131009,
    ],
    [
      "button id of 257",
      { type: "button", body: body(), action: { buttons: [{ reply: { id: x(257), title: "A" } }] } },
      131009,
    ],
    [
      "button with an empty title",
      { type: "button", body: body(), action: { buttons: [{ reply: { id: "a", title: "" } }] } },
      131008,
    ],
    [
      "button of another type",
      {
        type: "button",
        body: body(),
        action: { buttons: [{ type: "url", reply: { id: "a", title: "A" } }] },
      },
      131009,
    ],
    ["list with a body of 4096", { type: "list", body: body(4096), action: list() }, undefined],
    ["list with a body of 4097", { type: "list", body: body(4097), action: list() }, 131009],
    ["list under a picture", { type: "list", body: body(), header: image, action: list() }, 131009],
    ["list button of 21", { type: "list", body: body(), action: list({ button: x(21) }) }, 131009],
    ["list row id of 201", { type: "list", body: body(), action: row({ id: x(201) }) }, 131009],
    ["list row title of 25", { type: "list", body: body(), action: row({ title: x(25) }) }, 131009],
    [
      "list row description of 72",
      { type: "list", body: body(), action: row({ description: x(72) }) },
      undefined,
    ],
    [
      "list row description of 73",
      { type: "list", body: body(), action: row({ description: x(73) }) },
      131009,
    ],
    [
      "list section title of 25",
      { type: "list", body: body(), action: list({ sections: [{ title: x(25), rows: rows(1) }] }) },
      131009,
    ],
    [
      "list with eleven sections",
      {
        type: "list",
        body: body(),
        action: list({ sections: Array.from({ length: 11 }, () => ({ title: "a", rows: rows(1) })) }),
      },
      131009,
    ],
    [
      "list with one row id twice",
      {
        type: "list",
        body: body(),
        action: list({
          sections: [
            { title: "a", rows: rows(1) },
            { title: "b", rows: rows(1) },
          ],
        }),
      },
      131009,
    ],
    ["cta_url", { type: "cta_url", body: body(), header: image, action: link() }, undefined],
    [
      "cta_url with a label of 21",
      { type: "cta_url", body: body(), action: link({ display_text: x(21) }) },
      131009,
    ],
    [
      "cta_url to a script",
      { type: "cta_url", body: body(), action: link({ url: "javascript:alert(1)" }) },
      131009,
    ],
    ["cta_url without a name", { type: "cta_url", body: body(), action: { parameters: {} } }, 131008],
    [
      "location request",
      { type: "location_request_message", body: body(), action: { name: "send_location" } },
      undefined,
    ],
    [
      "location request of another name",
      { type: "location_request_message", body: body(), action: { name: "location" } },
      131009,
    ],
    [
      "location request under a text",
      {
        type: "location_request_message",
        header: { type: "text", text: "a" },
        body: body(),
        action: { name: "send_location" },
      },
      131009,
    ],
    [
      "contact request",
      { type: "request_contact_info", body: body(), action: { name: "request_contact_info" } },
      undefined,
    ],
    [
      "contact request as Meta's page misspells it",
      { type: "contact_request", body: body(), action: { name: "request_contact_info" } },
      131009,
    ],
    ["flow", { type: "flow", body: body(), action: flow() }, undefined],
    ["flow with a label of 31", { type: "flow", body: body(), action: flow({ flow_cta: x(31) }) }, 131009],
    [
      "flow with an emoji",
      { type: "flow", body: body(), action: flow({ flow_cta: "Go \u{1F600}" }) },
      131009,
    ],
    ["flow with id and name", { type: "flow", body: body(), action: flow({ flow_name: "n" }) }, 131009],
    ["flow in no known mode", { type: "flow", body: body(), action: flow({ mode: "test" }) }, 131009],
    [
      "product without a body",
      { type: "product", action: { catalog_id: "1", product_retailer_id: "2" } },
      undefined,
    ],
    [
      "product under a text",
      {
        type: "product",
        header: { type: "text", text: "a" },
        action: { catalog_id: "1", product_retailer_id: "2" },
      },
      131009,
    ],
    [
      "product list without a header",
      {
        type: "product_list",
        body: body(),
        action: { catalog_id: "1", sections: [{ product_items: products(1) }] },
      },
      131008,
    ],
    [
      "product list of 30",
      {
        type: "product_list",
        header: { type: "text", text: "a" },
        body: body(),
        action: { catalog_id: "1", sections: [{ product_items: products(30) }] },
      },
      undefined,
    ],
    [
      "product list of 31",
      {
        type: "product_list",
        header: { type: "text", text: "a" },
        body: body(),
        action: {
          catalog_id: "1",
          sections: [
            { title: "a", product_items: products(30) },
            { title: "b", product_items: products(1) },
          ],
        },
      },
      131009,
    ],
    ["carousel of two", { type: "carousel", body: body(), action: { cards: [card(0), card(1)] } }, undefined],
    ["carousel of one", { type: "carousel", body: body(), action: { cards: [card(0)] } }, 131009],
    [
      "carousel with one place twice",
      { type: "carousel", body: body(), action: { cards: [card(0), card(0)] } },
      131009,
    ],
    [
      "carousel with a place beyond nine",
      { type: "carousel", body: body(), action: { cards: [card(0), card(10)] } },
      131009,
    ],
    [
      "carousel of two kinds",
      {
        type: "carousel",
        body: body(),
        action: { cards: [card(0), card(1, { header: { type: "video", video: { id: "1" } } })] },
      },
      131009,
    ],
    [
      "carousel with 161 characters",
      { type: "carousel", body: body(), action: { cards: [card(0, { body: body(161) }), card(1)] } },
      131009,
    ],
    [
      "carousel with three line breaks",
      {
        type: "carousel",
        body: body(),
        action: { cards: [card(0, { body: { text: "a\nb\nc\nd" } }), card(1)] },
      },
      131009,
    ],
    [
      "carousel with a footer",
      { type: "carousel", body: body(), footer: body(), action: { cards: [card(0), card(1)] } },
      131009,
    ],
    [
      "address outside India",
      {
        type: "address_message",
        body: body(),
        action: { name: "address_message", parameters: { country: "DE" } },
      },
      131009,
    ],
    ["catalog", { type: "catalog_message", body: body(), action: { name: "catalog_message" } }, undefined],
  ])("%s", (_name, value, code) => {
    expect(codeOf("interactive", value)).toBe(code);
  });
});

const named = (more: JsonObject = {}) => ({
  name: { formatted_name: "Ann Lee", first_name: "Ann" },
  ...more,
});

describe("the other types", () => {
  it.each<[string, string, unknown, number | undefined]>([
    ["257 contacts", "contacts", Array.from({ length: 257 }, () => named()), undefined],
    ["258 contacts", "contacts", Array.from({ length: 258 }, () => named()), 131009],
    ["a contact with one name only", "contacts", [{ name: { formatted_name: "Ann" } }], 131009],
    [
      "a contact with everything",
      "contacts",
      [
        named({
          phones: [{ phone: "+1", type: "CELL", wa_id: "1" }],
          emails: [{ email: "a@b" }],
          urls: [{ url: "https://a" }],
          addresses: [{ city: "X" }],
          org: { company: "Y" },
          birthday: "2000-01-31",
        }),
      ],
      undefined,
    ],
    ["a birthday in words", "contacts", [named({ birthday: "31 Jan" })], 131009],
    ["phones that are no list", "contacts", [named({ phones: "+1" })], 131009],
    ["a location's name that is no text", "location", { latitude: 1, longitude: 2, name: 5 }, 131009],
    ["an emoji", "reaction", { message_id: "m", emoji: "\u{1F44D}" }, undefined],
    ["an emoji with a skin", "reaction", { message_id: "m", emoji: "\u{1F44D}\u{1F3FD}" }, undefined],
    [
      "a family",
      "reaction",
      { message_id: "m", emoji: "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}" },
      undefined,
    ],
    ["a flag", "reaction", { message_id: "m", emoji: "\u{1F1EB}\u{1F1F7}" }, undefined],
    ["a keycap", "reaction", { message_id: "m", emoji: "1\uFE0F\u20E3" }, undefined],
    ["a heart in either spelling", "reaction", { message_id: "m", emoji: "\u2764" }, undefined],
    ["two emoji", "reaction", { message_id: "m", emoji: "\u{1F44D}\u{1F44D}" }, 131009],
    ["a letter", "reaction", { message_id: "m", emoji: "a" }, 131009],
    ["no emoji at all", "reaction", { message_id: "m" }, 131008],
    ["a voice message", "audio", { id: "1", voice: true }, undefined],
    ["a voice that is no flag", "audio", { id: "1", voice: "yes" }, 131009],
    ["a picture with a voice", "image", { id: "1", voice: true }, 131009],
    ["a document with a name", "document", { id: "1", filename: "a.pdf", caption: x(1024) }, undefined],
    ["a picture with a name", "image", { id: "1", filename: "a.png" }, 131009],
    ["a sticker by link", "sticker", { link: "https://a.example/s.webp" }, undefined],
    ["a sticker with a caption", "sticker", { id: "1", caption: "c" }, 131009],
    ["a picture with an empty id", "image", { id: "" }, 131008],
    [
      "template components that are no list",
      "template",
      { name: "a", language: { code: "en" }, components: {} },
      131009,
    ],
    [
      "a template parameter without a type",
      "template",
      { name: "a", language: { code: "en" }, components: [{ type: "body", parameters: [{}] }] },
      131008,
    ],
  ])("%s", (_name, type, value, code) => {
    expect(codeOf(type, value)).toBe(code);
  });
});

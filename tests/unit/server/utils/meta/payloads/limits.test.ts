import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { AudioSchema } from "#server/utils/meta/payloads/audio";
import { CARDS_LIMIT, ContactsSchema } from "#server/utils/meta/payloads/contacts";
import { DocumentSchema, FILE_NAME_LIMIT } from "#server/utils/meta/payloads/document";
import { CAPTION_LIMIT, ImageSchema } from "#server/utils/meta/payloads/image";
import {
  BUTTON_ID_LIMIT,
  BUTTON_TITLE_LIMIT,
  BUTTONS_LIMIT,
  INTERACTIVE_BODY_LIMIT,
  InteractiveSchema,
} from "#server/utils/meta/payloads/interactive";
import { HEADER_TEXT_LIMIT } from "#server/utils/meta/payloads/interactive-header";
import {
  FOOTER_LIMIT,
  LIST_BODY_LIMIT,
  LIST_BUTTON_LIMIT,
  ROW_DESCRIPTION_LIMIT,
  ROW_ID_LIMIT,
  ROW_TITLE_LIMIT,
  ROWS_LIMIT,
  SECTION_TITLE_LIMIT,
  SECTIONS_LIMIT,
} from "#server/utils/meta/payloads/interactive-list";
import { LocationSchema } from "#server/utils/meta/payloads/location";
import { ReactionSchema } from "#server/utils/meta/payloads/reaction";
import { StickerSchema } from "#server/utils/meta/payloads/sticker";
import { TEMPLATE_TEXT_LIMIT, TemplateSchema } from "#server/utils/meta/payloads/template";
import { VideoSchema } from "#server/utils/meta/payloads/video";

type Json = Record<string, unknown>;
type Schema = v.GenericSchema<unknown, unknown>;

const url = "https://example.com/a";
const fileId = "0192d3a4-5b6c-7d8e-9f00-112233445566";
const issueOf = (schema: Schema, input: unknown): { field: string; problem: string } | undefined => {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  const [issue] = result.issues ?? [];
  return issue && { field: v.getDotPath(issue) ?? "", problem: issue.message };
};

const many = (count: number): { id: string; title: string }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `id-${index}`, title: `title ${index}` }));
const buttons = (more: Json = {}): Json => ({ type: "buttons", body: "b", buttons: many(1), ...more });
const list = (more: Json = {}): Json => ({
  type: "list",
  body: "b",
  button: "b",
  sections: [{ rows: many(1) }],
  ...more,
});
const listWith = (row: Json): Json => list({ sections: [{ rows: [{ id: "1", title: "t", ...row }] }] });
const cta = (more: Json = {}): Json => ({ type: "cta_url", body: "b", button: "b", url, ...more });
const template = (more: Json): Json => ({ name: "n", language: "en", ...more });

/** Everything with a length: what it is in, where it stands, and how long it may be. */
const TEXTS: [string, Schema, string, number, (text: string) => unknown][] = [
  ["image caption", ImageSchema, "caption", CAPTION_LIMIT, (caption) => ({ url, caption })],
  ["document caption", DocumentSchema, "caption", CAPTION_LIMIT, (caption) => ({ url, caption })],
  ["document name", DocumentSchema, "filename", FILE_NAME_LIMIT, (filename) => ({ url, filename })],
  ["buttons body", InteractiveSchema, "body", INTERACTIVE_BODY_LIMIT, (body) => buttons({ body })],
  ["link body", InteractiveSchema, "body", INTERACTIVE_BODY_LIMIT, (body) => cta({ body })],
  ["list body", InteractiveSchema, "body", LIST_BODY_LIMIT, (body) => list({ body })],
  [
    "location request body",
    InteractiveSchema,
    "body",
    INTERACTIVE_BODY_LIMIT,
    (body) => ({ type: "location_request", body }),
  ],
  ["footer", InteractiveSchema, "footer", FOOTER_LIMIT, (footer) => buttons({ footer })],
  ["list footer", InteractiveSchema, "footer", FOOTER_LIMIT, (footer) => list({ footer })],
  [
    "header",
    InteractiveSchema,
    "header.text",
    HEADER_TEXT_LIMIT,
    (text) => buttons({ header: { type: "text", text } }),
  ],
  [
    "button id",
    InteractiveSchema,
    "buttons.0.id",
    BUTTON_ID_LIMIT,
    (id) => buttons({ buttons: [{ id, title: "t" }] }),
  ],
  [
    "button title",
    InteractiveSchema,
    "buttons.0.title",
    BUTTON_TITLE_LIMIT,
    (title) => buttons({ buttons: [{ id: "1", title }] }),
  ],
  ["link label", InteractiveSchema, "button", BUTTON_TITLE_LIMIT, (button) => cta({ button })],
  ["list label", InteractiveSchema, "button", LIST_BUTTON_LIMIT, (button) => list({ button })],
  [
    "section title",
    InteractiveSchema,
    "sections.0.title",
    SECTION_TITLE_LIMIT,
    (title) => list({ sections: [{ title, rows: many(1) }] }),
  ],
  ["row id", InteractiveSchema, "sections.0.rows.0.id", ROW_ID_LIMIT, (id) => listWith({ id })],
  [
    "row title",
    InteractiveSchema,
    "sections.0.rows.0.title",
    ROW_TITLE_LIMIT,
    (title) => listWith({ title }),
  ],
  [
    "row description",
    InteractiveSchema,
    "sections.0.rows.0.description",
    ROW_DESCRIPTION_LIMIT,
    (description) => listWith({ description }),
  ],
  ["template value", TemplateSchema, "body.0", TEMPLATE_TEXT_LIMIT, (text) => template({ body: [text] })],
];

describe.each(TEXTS)("a %s", (_, schema, field, limit, make) => {
  it("may be as long as its limit, and one unit more is refused with field, limit and value", () => {
    expect(issueOf(schema, make("x".repeat(limit)))).toBeUndefined();
    const issue = issueOf(schema, make("x".repeat(limit + 1)));
    expect(issue?.field).toBe(field);
    expect(issue?.problem).toContain(String(limit));
    expect(issue?.problem).toContain(String(limit + 1));
  });

  it("counts an emoji as two, and lets none through that is cut in half", () => {
    expect(issueOf(schema, make(`${"x".repeat(limit - 2)}👍`))).toBeUndefined();
    expect(issueOf(schema, make(`${"x".repeat(limit - 1)}👍`))?.problem).toContain(String(limit + 1));
    expect(issueOf(schema, make("x\uD83D"))?.problem).toContain("Unicode");
  });

  it("is not empty", () => {
    expect(issueOf(schema, make(""))?.field).toBe(field);
  });
});

const BAD: [string, Schema, unknown, string, string][] = [
  [
    "4 buttons",
    InteractiveSchema,
    buttons({ buttons: many(4) }),
    "buttons",
    `${BUTTONS_LIMIT} entries, has 4`,
  ],
  ["no button", InteractiveSchema, buttons({ buttons: [] }), "buttons", "has 0"],
  [
    "two buttons with one id",
    InteractiveSchema,
    buttons({ buttons: many(2).map(({ title }) => ({ title, id: "1" })) }),
    "buttons",
    "same id",
  ],
  [
    "two buttons with one title",
    InteractiveSchema,
    buttons({ buttons: many(2).map(({ id }) => ({ id, title: "t" })) }),
    "buttons",
    "same title",
  ],
  [
    "11 rows in a section",
    InteractiveSchema,
    list({ sections: [{ rows: many(11) }] }),
    "sections.0.rows",
    `${ROWS_LIMIT} entries, has 11`,
  ],
  [
    "11 rows in two sections",
    InteractiveSchema,
    list({
      sections: [
        { title: "a", rows: many(10) },
        { title: "b", rows: [{ id: "x", title: "x" }] },
      ],
    }),
    "sections",
    `${ROWS_LIMIT} rows in all sections, has 11`,
  ],
  [
    "11 sections",
    InteractiveSchema,
    list({ sections: many(11).map(({ id, title }) => ({ title, rows: [{ id, title }] })) }),
    "sections",
    `${SECTIONS_LIMIT} entries, has 11`,
  ],
  [
    "the same row twice",
    InteractiveSchema,
    list({
      sections: [
        { title: "a", rows: many(1) },
        { title: "b", rows: many(1) },
      ],
    }),
    "sections",
    "same row id",
  ],
  [
    "a section without a title beside another",
    InteractiveSchema,
    list({ sections: [{ rows: many(1) }, { title: "b", rows: [{ id: "x", title: "x" }] }] }),
    "sections",
    "title",
  ],
  [
    "a list with a picture",
    InteractiveSchema,
    list({ header: { type: "image", url } }),
    "header.type",
    "text",
  ],
  [
    "a location request with a footer",
    InteractiveSchema,
    { type: "location_request", body: "b", footer: "f" },
    "footer",
    "",
  ],
  ["a link that is a program", InteractiveSchema, cta({ url: "javascript:alert(1)" }), "url", "web address"],
  ["a file from nowhere", ImageSchema, {}, "", "either url or media_id"],
  ["two files", StickerSchema, { url, media_id: fileId }, "", "either url or media_id"],
  ["a file by another's id", ImageSchema, { media_id: "1" }, "media_id", "must be a media_id"],
  ["an address with U+0000", ImageSchema, { url: `${url}\u0000` }, "url", "valid Unicode"],
  ["an address with half a sign", VideoSchema, { url: `${url}\ud800` }, "url", "valid Unicode"],
  ["a file over http", AudioSchema, { url: "http://example.com/a" }, "url", "https"],
  ["words with audio", AudioSchema, { url, caption: "c" }, "caption", ""],
  ["a latitude of 91", LocationSchema, { latitude: 91, longitude: 0 }, "latitude", "is 91"],
  ["a longitude of -181", LocationSchema, { latitude: 0, longitude: -181 }, "longitude", "is -181"],
  ["two emoji", ReactionSchema, { message_id: "1", emoji: "👍👍" }, "emoji", "one emoji"],
  ["half a flag", ReactionSchema, { message_id: "1", emoji: "🇩" }, "emoji", "one emoji"],
  ["a flag of nowhere", ReactionSchema, { message_id: "1", emoji: "🇽🇽" }, "emoji", "one emoji"],
  ["a keycap without a key", ReactionSchema, { message_id: "1", emoji: "\u20E3" }, "emoji", "one emoji"],
  ["a letter under a keycap", ReactionSchema, { message_id: "1", emoji: "a\u20E3" }, "emoji", "one emoji"],
  ["a digit", ReactionSchema, { message_id: "1", emoji: "1" }, "emoji", "one emoji"],
  ["an emoji with an accent", ReactionSchema, { message_id: "1", emoji: "👍\u0301" }, "emoji", "one emoji"],
  ["a letter as an emoji", ReactionSchema, { message_id: "1", emoji: "a" }, "emoji", "one emoji"],
  ["no card", ContactsSchema, { contacts: [] }, "contacts", "has 0"],
  [
    "258 cards",
    ContactsSchema,
    { contacts: Array.from({ length: CARDS_LIMIT + 1 }, () => ({ name: { formatted_name: "A" } })) },
    "contacts",
    "has 258",
  ],
  [
    "a card without a name",
    ContactsSchema,
    { contacts: [{ name: {} }] },
    "contacts.0.name.formatted_name",
    "",
  ],
  ["a line break in a template", TemplateSchema, template({ body: ["a\nb"] }), "body.0", "line break"],
  [
    "11 template buttons",
    TemplateSchema,
    template({ buttons: Array.from({ length: 11 }, () => ({ index: 0, type: "url", value: "v" })) }),
    "buttons",
    "has 11",
  ],
];

describe("refused before Meta is called", () => {
  it.each(BAD)("%s", (_, schema, input, field, problem) => {
    const issue = issueOf(schema, input);
    expect(issue?.field).toBe(field);
    expect(issue?.problem).toContain(problem);
  });
});

describe("a reaction", () => {
  it.each(["👍", "👍🏽", "❤️", "❤", "👨‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", ""])("may be %s", (emoji) => {
    expect(issueOf(ReactionSchema, { message_id: "wamid.1", emoji })).toBeUndefined();
  });
});

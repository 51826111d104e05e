import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessageDetails, type Details } from "#server/utils/meta/message-details";
import { INBOUND_TYPES } from "#tests/helpers/server/inbound-types";

const DETAILS: Record<string, Details> = {
  image: { media: { mime_type: "image/jpeg", caption: "Look at this" } },
  video: { media: { mime_type: "video/mp4", caption: "Look at that" } },
  audio: { media: { mime_type: "audio/ogg; codecs=opus", voice: true } },
  document: { media: { mime_type: "application/pdf", filename: "bill.pdf", caption: "My bill" } },
  sticker: { media: { mime_type: "image/webp", animated: false } },
  location: {
    location: {
      latitude: 37.48,
      longitude: -122.14,
      name: "Office",
      address: "1 Hacker Way",
      url: "https://example.com/office",
    },
  },
  contacts: {
    contacts: [
      {
        name: "Ann Bee",
        origin: "contact_request",
        birthday: "2000-01-01",
        vcard: "BEGIN:VCARD",
        company: "Bee Ltd",
        title: "Queen",
        phones: [{ phone: "+1 555", wa_id: "1555", type: "CELL" }],
        emails: [{ email: "ann@example.com", type: "WORK" }],
        addresses: [
          { street: "1 Way", city: "Town", state: "CA", zip: "94025", country: "US", type: "HOME" },
        ],
        urls: [{ url: "https://example.com", type: "WORK" }],
      },
      { phones: [{ phone: "+1 556" }] },
    ],
  },
  reaction: { reaction: { emoji: "\u{1F44D}" } },
  button: { button: { text: "Yes, please", payload: "yes" } },
  button_reply: { interactive: { kind: "button_reply", id: "b1", title: "Cancel it" } },
  list_reply: { interactive: { kind: "list_reply", id: "r1", title: "Express", description: "Tomorrow" } },
  nfm_reply: { interactive: { kind: "nfm_reply", name: "flow", response: '{"size":"XL"}' } },
  call_permission_reply: { interactive: { kind: "call_permission_reply", permission: "accept" } },
  order: {
    order: {
      catalog_id: "c1",
      text: "As a gift",
      items: [{ product_retailer_id: "p1", quantity: "2", item_price: "9.99", currency: "EUR" }],
    },
  },
  system: { system: { kind: "customer_identity_changed", body: "Ann changed" } },
  unsupported: { unsupported: { kind: "poll", raw_kind: "poll_creation" } },
  forwarded: { forwarded: true },
  product: { product: { catalog_id: "c1", product_retailer_id: "p1" } },
  referral: {
    referral: {
      source_type: "ad",
      source_url: "https://fb.me/x",
      headline: "Half price",
      body: "Only today",
      media_type: "image",
    },
  },
};

describe("readMessageDetails", () => {
  it.each(Object.entries(INBOUND_TYPES))("knows what a reader needs of %s, and no more", (name, message) => {
    expect(readMessageDetails(message)).toEqual(DETAILS[name] ?? {});
  });

  it.each([{}, { emoji: "" }, { emoji: null }])("knows a reaction that was taken away by %j", (more) => {
    const reaction = { message_id: "wamid.A", ...more };
    expect(readMessageDetails({ type: "reaction", reaction })).toEqual({ reaction: { removed: true } });
  });

  it("shows an edit as the message that it made", () => {
    const message = { type: "document", document: { filename: "b.pdf", caption: "Better" } };
    expect(readMessageDetails({ type: "edit", edit: { message } })).toEqual({
      media: { filename: "b.pdf", caption: "Better" },
    });
  });

  it("shows a person's wish", () => {
    const user_preferences = {
      wa_id: "1555",
      category: "marketing_messages",
      value: "stop",
      detail: "Stop it",
    };
    expect(readMessageDetails({ type: "user_preferences", user_preferences })).toEqual({
      preference: { category: "marketing_messages", value: "stop", detail: "Stop it" },
    });
  });

  it("holds keys of its own, lists of a bounded length, and does not throw, whatever comes", () => {
    const types = Object.values(INBOUND_TYPES).map(({ type }) => String(type));
    const anyMessage = fc
      .tuple(fc.constantFrom(...types, "__proto__", "constructor"), fc.jsonValue(), fc.jsonValue())
      .map(([type, value, context]) => ({ type, [type]: value, context, referral: context }));
    fc.assert(
      fc.property(anyMessage, (message) => {
        for (const key of Object.keys(readMessageDetails(message))) expect(key).toMatch(/^[a-z]+$/);
      }),
    );
    const many = { type: "contacts", contacts: Array.from({ length: 500 }, () => ({ birthday: "x" })) };
    expect(readMessageDetails(many).contacts).toHaveLength(20);
  });
});

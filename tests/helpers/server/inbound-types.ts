import type { Json } from "./webhook-bodies";

const media = {
  mime_type: "image/jpeg",
  sha256: "aGFzaA==",
  id: "1003383421387256",
  url: "https://lookaside.fbsbx.com/x",
};

/**
 * One message of every type that Meta documents or was seen to send, without what all have in common. Shapes: Meta,
 * "Messages webhooks"; values are made up.
 */
export const INBOUND_TYPES: Readonly<Record<string, Json>> = {
  text: { type: "text", text: { body: "Where is my order?" } },
  image: { type: "image", image: { ...media, caption: "Look at this" } },
  video: { type: "video", video: { ...media, mime_type: "video/mp4", caption: "Look at that" } },
  audio: { type: "audio", audio: { ...media, mime_type: "audio/ogg; codecs=opus", voice: true } },
  document: {
    type: "document",
    document: { ...media, mime_type: "application/pdf", filename: "bill.pdf", caption: "My bill" },
  },
  sticker: { type: "sticker", sticker: { ...media, mime_type: "image/webp", animated: false } },
  location: {
    type: "location",
    location: {
      latitude: 37.48,
      longitude: "-122.14",
      name: "Office",
      address: "1 Hacker Way",
      url: "https://example.com/office",
    },
  },
  contacts: {
    type: "contacts",
    contacts: [
      {
        name: { formatted_name: "Ann Bee", first_name: "Ann" },
        phones: [{ phone: "+1 555", wa_id: "1555", type: "CELL" }],
        emails: [{ email: "ann@example.com", type: "WORK" }],
        addresses: [
          { street: "1 Way", city: "Town", state: "CA", zip: "94025", country: "US", type: "HOME" },
        ],
        org: { company: "Bee Ltd", title: "Queen" },
        urls: [{ url: "https://example.com", type: "WORK" }],
        birthday: "2000-01-01",
        origin: "contact_request",
        vcard: "BEGIN:VCARD",
      },
      { phones: [{ phone: "+1 556" }] },
    ],
  },
  reaction: { type: "reaction", reaction: { message_id: "wamid.subject", emoji: "\u{1F44D}" } },
  button: { type: "button", button: { text: "Yes, please", payload: "yes" } },
  button_reply: {
    type: "interactive",
    interactive: { type: "button_reply", button_reply: { id: "b1", title: "Cancel it" } },
  },
  list_reply: {
    type: "interactive",
    interactive: { type: "list_reply", list_reply: { id: "r1", title: "Express", description: "Tomorrow" } },
  },
  nfm_reply: {
    type: "interactive",
    interactive: {
      type: "nfm_reply",
      nfm_reply: { name: "flow", body: "Sent", response_json: '{"size":"XL"}' },
    },
  },
  call_permission_reply: {
    type: "interactive",
    interactive: {
      type: "call_permission_reply",
      call_permission_reply: { response: "accept", is_permanent: false, response_source: "user_action" },
    },
  },
  order: {
    type: "order",
    order: {
      catalog_id: "c1",
      text: "As a gift",
      product_items: [{ product_retailer_id: "p1", quantity: 2, item_price: "9.99", currency: "EUR" }],
    },
  },
  system: {
    type: "system",
    system: { body: "Ann changed", type: "customer_identity_changed", identity: "hash" },
  },
  unsupported: {
    type: "unsupported",
    unsupported: { type: "poll", raw_type: "poll_creation" },
    errors: [{ code: 131051, title: "Message type unknown", error_data: { details: "not supported" } }],
  },
  unknown: { type: "unknown", errors: [{ code: 131051, title: "Unsupported" }] },
  request_welcome: { type: "request_welcome" },
  ephemeral: { type: "ephemeral", ephemeral: { reason: "gone" } },
  hologram: { type: "hologram", hologram: { depth: "deep" } },
  quoted: { type: "text", text: { body: "This one" }, context: { from: "1555", id: "wamid.subject" } },
  forwarded: { type: "text", text: { body: "Read this" }, context: { frequently_forwarded: true } },
  product: {
    type: "text",
    text: { body: "Still there?" },
    context: {
      from: "1555",
      id: "wamid.subject",
      referred_product: { catalog_id: "c1", product_retailer_id: "p1" },
    },
  },
  referral: {
    type: "text",
    text: { body: "I saw the ad" },
    referral: {
      source_url: "https://fb.me/x",
      source_id: "123",
      source_type: "ad",
      headline: "Half price",
      body: "Only today",
      media_type: "image",
      image_url: "https://example.com/x",
      ctwa_clid: "clid",
      welcome_message: { text: "Hi!" },
    },
  },
  edit: {
    type: "edit",
    edit: { original_message_id: "wamid.subject", message: { type: "text", text: { body: "What I meant" } } },
  },
  revoke: { type: "revoke", revoke: { original_message_id: "wamid.subject" } },
};

import { asList, asObject, asText, type JsonObject } from "./json";

/** A leaf is text, a number or a boolean; the keys come from this file alone. */
export type Details = { [key: string]: string | number | boolean | Details | Details[] };

// A program reads them, and a model: a person sends no hundred cards.
const LIST_LIMIT = 20;

/** What of a message is more than its words, by type (Meta, "Messages webhooks"). Media ids are not for readers. */
const READERS: Record<string, (value: unknown) => Details> = {
  image: readMedia,
  video: readMedia,
  audio: readMedia,
  document: readMedia,
  sticker: readMedia,
  location: (value) => {
    const { latitude, longitude, ...rest } = asObject(value);
    // Both come as numbers or as text.
    const place = numbers({ latitude, longitude });
    return compact("location", { ...place, ...texts(rest, "name", "address", "url") });
  },
  contacts: (value) => list("contacts", value, readCard),
  reaction: (value) => {
    const { emoji } = texts(asObject(value), "emoji");
    return { reaction: emoji === undefined ? { removed: true } : { emoji } };
  },
  interactive: readInteractive,
  button: (value) => compact("button", texts(asObject(value), "text", "payload")),
  order: (value) => {
    const order = asObject(value);
    const items = list("items", order.product_items, readItem);
    return compact("order", { ...texts(order, "catalog_id", "text"), ...items });
  },
  system: (value) => compact("system", rename(asObject(value), { type: "kind", body: "body" })),
  unsupported: (value) =>
    compact("unsupported", rename(asObject(value), { type: "kind", raw_type: "raw_kind" })),
  user_preferences: (value) => compact("preference", texts(asObject(value), "category", "value", "detail")),
};

/**
 * What a reader needs of a message besides its words, under keys of our own. Every text in it is the sender's.
 *
 * @param message the message as Meta sent it
 */
export function readMessageDetails(message: JsonObject): Details {
  const edited = asObject(asObject(message.edit).message);
  const context = asObject(message.context);
  const isForwarded = context.forwarded === true || context.frequently_forwarded === true;
  return {
    // One level: an edit of an edit is none.
    ...readTyped(message.type === "edit" ? edited : message),
    ...(isForwarded ? { forwarded: true } : {}),
    ...compact("product", texts(asObject(context.referred_product), "catalog_id", "product_retailer_id")),
    ...compact(
      "referral",
      texts(asObject(message.referral), "source_type", "source_url", "headline", "body", "media_type"),
    ),
  };
}

function readTyped(message: JsonObject): Details {
  const type = asText(message.type) ?? "";
  return Object.hasOwn(READERS, type) ? (READERS[type]?.(message[type]) ?? {}) : {};
}

function readMedia(value: unknown): Details {
  const media = asObject(value);
  return compact("media", {
    ...texts(media, "mime_type", "filename", "caption"),
    ...(typeof media.voice === "boolean" ? { voice: media.voice } : {}),
    ...(typeof media.animated === "boolean" ? { animated: media.animated } : {}),
  });
}

function readInteractive(value: unknown): Details {
  const interactive = asObject(value);
  const kind = texts(interactive, "type");
  const choice = { ...asObject(interactive.button_reply), ...asObject(interactive.list_reply) };
  const form = asObject(interactive.nfm_reply);
  const permission = asObject(interactive.call_permission_reply);
  return compact("interactive", {
    ...(kind.type === undefined ? {} : { kind: kind.type }),
    ...texts(choice, "id", "title", "description"),
    // A form's answers are JSON in a string, which may not even parse.
    ...rename(form, { name: "name", response_json: "response" }),
    ...rename(permission, { response: "permission" }),
  });
}

function readCard(value: unknown): Details {
  const card = asObject(value);
  return {
    ...rename(asObject(card.name), { formatted_name: "name" }),
    ...texts(card, "origin", "birthday", "vcard"),
    ...rename(asObject(card.org), { company: "company", title: "title" }),
    ...list("phones", card.phones, (phone) => texts(asObject(phone), "phone", "wa_id", "type")),
    ...list("emails", card.emails, (email) => texts(asObject(email), "email", "type")),
    ...list("addresses", card.addresses, (address) =>
      texts(asObject(address), "street", "city", "state", "zip", "country", "type"),
    ),
    ...list("urls", card.urls, (url) => texts(asObject(url), "url", "type")),
  };
}

function readItem(value: unknown): Details {
  return texts(asObject(value), "product_retailer_id", "quantity", "item_price", "currency");
}

function texts(from: JsonObject, ...keys: string[]): Record<string, string> {
  return rename(from, Object.fromEntries(keys.map((key) => [key, key])));
}

function rename(from: JsonObject, names: Record<string, string>): Record<string, string> {
  const pairs = Object.entries(names).flatMap(([theirs, ours]) => {
    const text = asText(from[theirs]);
    return text === undefined ? [] : [[ours, text]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function numbers(from: JsonObject): Record<string, number> {
  const pairs = Object.entries(from).flatMap(([key, value]) => {
    const number = Number(asText(value) ?? Number.NaN);
    return Number.isFinite(number) ? [[key, number]] : [];
  });
  return Object.fromEntries(pairs) as Record<string, number>;
}

function list(key: string, value: unknown, read: (item: unknown) => Details): Details {
  const items = asList(value)
    .slice(0, LIST_LIMIT)
    .map(read)
    .filter((item) => Object.keys(item).length > 0);
  return items.length > 0 ? { [key]: items } : {};
}

function compact(key: string, details: Details): Details {
  return Object.keys(details).length > 0 ? { [key]: details } : {};
}

import { buildAudio } from "#server/utils/meta/payloads/audio";
import { buildContacts } from "#server/utils/meta/payloads/contacts";
import { buildDocument } from "#server/utils/meta/payloads/document";
import { buildImage } from "#server/utils/meta/payloads/image";
import { buildInteractive } from "#server/utils/meta/payloads/interactive";
import { buildLocation } from "#server/utils/meta/payloads/location";
import { buildReaction } from "#server/utils/meta/payloads/reaction";
import { buildSticker } from "#server/utils/meta/payloads/sticker";
import { buildTemplate } from "#server/utils/meta/payloads/template";
import { buildVideo } from "#server/utils/meta/payloads/video";

const url = "https://example.com/a";
const media_id = "123";
const x = (length: number): string => "x".repeat(length);
const rows = Array.from({ length: 10 }, (_, index) => ({
  id: `${index}${x(199)}`,
  title: `${index}${x(23)}`,
  description: x(72),
}));
const buttons = Array.from({ length: 3 }, (_, index) => ({
  id: `${index}${x(255)}`,
  title: `${index}${x(19)}`,
}));
const card = {
  name: {
    formatted_name: "Ada L",
    first_name: "Ada",
    last_name: "L",
    middle_name: "M",
    prefix: "P",
    suffix: "S",
  },
  phones: [{ phone: "+16505551234", type: "HOME", wa_id: "16505551234" }],
  emails: [{ email: "ada@example.com", type: "WORK" }],
  urls: [{ url, type: "WORK" }],
  addresses: [
    { street: "s", city: "c", state: "s", zip: "z", country: "c", country_code: "us", type: "HOME" },
  ],
  org: { company: "c", department: "d", title: "t" },
  birthday: "1990-12-31",
};

/** What every builder makes of the least and of the most that it takes: name, type, content. */
export const BODIES: readonly (readonly [string, string, unknown])[] = [
  ["the least image", "image", buildImage({ url })],
  ["the most image", "image", buildImage({ media_id, caption: x(1024) })],
  ["the least document", "document", buildDocument({ url })],
  ["the most document", "document", buildDocument({ media_id, caption: x(1024), filename: x(240) })],
  ["the least audio", "audio", buildAudio({ url })],
  ["a voice message", "audio", buildAudio({ media_id }, true)],
  ["the least video", "video", buildVideo({ url })],
  ["the most video", "video", buildVideo({ media_id, caption: x(1024) })],
  ["the least sticker", "sticker", buildSticker({ url })],
  ["the most sticker", "sticker", buildSticker({ media_id })],
  ["the least location", "location", buildLocation({ latitude: 0, longitude: 0 })],
  [
    "the most location",
    "location",
    buildLocation({ latitude: -90, longitude: 180, name: x(1024), address: x(1024) }),
  ],
  ["the least contacts", "contacts", buildContacts({ contacts: [{ name: { formatted_name: "Ada" } }] })],
  ["the most of a card", "contacts", buildContacts({ contacts: [card, card, card, card, card] })],
  ["a reaction", "reaction", buildReaction({ message_id: "wamid.1", emoji: "👍" })],
  ["a reaction taken back", "reaction", buildReaction({ message_id: "wamid.1", emoji: "" })],
  [
    "the least buttons",
    "interactive",
    buildInteractive({ type: "buttons", body: "b", buttons: [{ id: "1", title: "t" }] }),
  ],
  ...(["image", "video", "document"] as const).map(
    (type) =>
      [
        `the most buttons, below a ${type}`,
        "interactive",
        buildInteractive({
          type: "buttons",
          header: { type, media_id, ...(type === "document" ? { filename: "f.pdf" } : {}) } as {
            type: "image";
            media_id: string;
          },
          body: x(1024),
          footer: x(60),
          buttons,
        }),
      ] as const,
  ),
  [
    "the least list",
    "interactive",
    buildInteractive({
      type: "list",
      body: "b",
      button: "b",
      sections: [{ rows: [{ id: "1", title: "t" }] }],
    }),
  ],
  [
    "the most list",
    "interactive",
    buildInteractive({
      type: "list",
      header: { type: "text", text: x(60) },
      body: x(1024),
      footer: x(60),
      button: x(20),
      sections: rows.map((row) => ({ title: x(24), rows: [row] })),
    }),
  ],
  ["the least link", "interactive", buildInteractive({ type: "cta_url", body: "b", button: "b", url })],
  [
    "the most link",
    "interactive",
    buildInteractive({
      type: "cta_url",
      header: { type: "text", text: x(60) },
      body: x(1024),
      footer: x(60),
      button: x(20),
      url: `${url}?${x(2000)}`,
    }),
  ],
  ["a location request", "interactive", buildInteractive({ type: "location_request", body: x(1024) })],
  ["a contact request", "interactive", buildInteractive({ type: "contact_info_request", body: x(1024) })],
  ["the least template", "template", buildTemplate({ name: "n", language: "en" })],
  [
    "the most template",
    "template",
    buildTemplate({
      name: "n",
      language: "en_US",
      header: { type: "document", media_id, filename: "f.pdf" },
      body: { first: "1", second: x(1000) },
      buttons: [
        { index: 0, type: "quick_reply", value: "p" },
        { index: 1, type: "url", value: "end" },
        { index: 2, type: "copy_code", value: "CODE" },
      ],
    }),
  ],
  [
    "a template with a place",
    "template",
    buildTemplate({
      name: "n",
      language: "en_US",
      header: { type: "location", location: { latitude: 1, longitude: 2 } },
      body: ["1", "2"],
    }),
  ],
];

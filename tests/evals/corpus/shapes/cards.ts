import type { Shapes } from "../shape";

const card = {
  name: {
    formatted_name: "{words}",
    first_name: "{words}",
    last_name: "{words}",
    middle_name: "{words}",
    prefix: "{words}",
    suffix: "{words}",
  },
  phones: [{ phone: "{words}", wa_id: "{words}", user_id: "{words}", type: "{words}" }],
  emails: [{ email: "{words}", type: "{words}" }],
  addresses: [
    {
      street: "{words}",
      city: "{words}",
      state: "{words}",
      zip: "{words}",
      country: "{words}",
      country_code: "{words}",
      type: "{words}",
    },
  ],
  org: { company: "{words}", department: "{words}", title: "{words}" },
  urls: [{ url: "{words}", type: "{words}" }],
  birthday: "{words}",
  origin: "{words}",
  vcard: "BEGIN:VCARD\nVERSION:3.0\nFN:{words}\nNOTE:{words}\nEND:VCARD",
  "{words}": { "{words}": "{words}" },
};

/** Contact cards. */
export const CARDS: Shapes = {
  "a card": { message: { type: "contacts", contacts: [card] } },
  "three cards": {
    message: {
      type: "contacts",
      contacts: [card, { name: { first_name: "{words}" } }, { name: { last_name: "{words}" } }],
    },
  },
  "a card that is a text": { message: { type: "contacts", contacts: "{words}" } },
  "a card whose parts are texts": {
    message: { type: "contacts", contacts: [{ name: "{words}", phones: "{words}", org: ["{words}"] }] },
  },
};

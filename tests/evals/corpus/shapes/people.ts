import type { Shapes } from "../shape";

const text = { type: "text", text: { body: "{words}" } };

/** Names, and ids that are texts. */
export const PEOPLE: Shapes = {
  "names of every kind": {
    message: text,
    contact: {
      profile: { name: "{words}", username: "@{words}", picture: "{words}", "{words}": "{words}" },
      country_code: "{words}",
      identity_key_hash: "{words}",
      "{words}": "{words}",
    },
  },
  "ids that are texts": {
    message: {
      ...text,
      id: "{words}",
      from: "{words}",
      from_user_id: "{words}",
      from_parent_user_id: "{words}",
      from_logical_id: "{words}",
      internal_1p_only_data: { "{words}": "{words}" },
    },
    contact: { profile: { name: "{words}" } },
  },
  "a user id that is a text": {
    message: { ...text, from: "", from_user_id: "{words}" },
    contact: { profile: { username: "{words}" } },
  },
  "a time that is a text": { message: { ...text, timestamp: "{words}" } },
};

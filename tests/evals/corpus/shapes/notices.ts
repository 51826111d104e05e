import type { Shapes } from "../shape";

const error = {
  code: 131051,
  title: "{words}",
  message: "{words}",
  error_data: { details: "{words}" },
  href: "{words}",
  "{words}": "{words}",
};

/** What Meta says about people and messages, in sentences that hold their words. */
export const NOTICES: Shapes = {
  "a changed identity": {
    message: {
      type: "system",
      system: {
        body: "{words}",
        type: "customer_identity_changed",
        identity: "{words}",
        customer: "{words}",
      },
    },
  },
  "a changed number": {
    message: {
      type: "system",
      system: {
        body: "{words} changed from {words} to {words}",
        type: "user_changed_number",
        wa_id: "{words}",
        "{words}": "{words}",
      },
    },
  },
  "a changed number of older pages": {
    message: {
      type: "system",
      system: { body: "{words}", type: "customer_changed_number", new_wa_id: "{words}", customer: "{words}" },
    },
  },
  "a changed user id": {
    message: {
      type: "system",
      system: {
        body: "{words}",
        type: "user_changed_user_id",
        user_id: "{words}",
        previous_user_id: "{words}",
      },
    },
  },
  "a notice that nobody knows": { message: { type: "system", system: { body: "{words}", type: "{words}" } } },
  unsupported: {
    message: {
      type: "unsupported",
      unsupported: { type: "{words}", raw_type: "{words}", "{words}": "{words}" },
      errors: [error],
    },
  },
  "unsupported of older pages": { message: { type: "unknown", errors: [error, "{words}"] } },
  "an edit that nobody can read": {
    message: {
      type: "unsupported",
      unsupported: { type: "edit" },
      errors: [error],
      context: { id: "{subject}" },
    },
  },
  "the first opening of a chat": {
    message: { type: "request_welcome", request_welcome: { text: "{words}" } },
  },
};

import type { Json } from "#tests/helpers/server/webhook-bodies";

const error = {
  code: 131026,
  title: "{words}",
  message: "{words}",
  error_data: { details: "{words}" },
  href: "{words}",
  "{words}": "{words}",
};

/** What a report about a message of ours may hold; `{sent}` stands for its wamid. */
export const STATUSES: Readonly<Record<string, Json>> = {
  "a failure with words": {
    id: "{sent}",
    status: "failed",
    recipient_id: "{words}",
    errors: [error, "{words}"],
  },
  "a failure whose code is a text": {
    id: "{sent}",
    status: "failed",
    errors: [{ ...error, code: "{words}" }],
  },
  "a failure that is a text": { id: "{sent}", status: "failed", errors: "{words}" },
  "a status that is a text": {
    id: "{sent}",
    status: "{words}",
    recipient_id: "{words}",
    biz_opaque_callback_data: "{words}",
  },
  "a status with prices": {
    id: "{sent}",
    status: "delivered",
    recipient_user_id: "{words}",
    conversation: {
      id: "{words}",
      expiration_timestamp: "{words}",
      origin: { type: "{words}" },
      "{words}": "{words}",
    },
    pricing: { billable: "{words}", pricing_model: "{words}", type: "{words}", category: "{words}" },
    message: { recipient_id: "{words}" },
    "{words}": "{words}",
  },
  "a status of what nobody sent": { id: "{words}", status: "{words}", errors: [error] },
};

/** Values of a change that hold no message of a person. */
export const OTHER_VALUES: Readonly<Record<string, { readonly field: string; readonly value: Json }>> = {
  "an error of the account": { field: "messages", value: { errors: [{ ...error, code: "{words}" }] } },
  "a wish": {
    field: "user_preferences",
    value: {
      contacts: [{ wa_id: "16505550199", profile: { name: "{words}", username: "{words}" } }],
      user_preferences: [
        {
          wa_id: "16505550199",
          detail: "{words}",
          category: "{words}",
          value: "{words}",
          timestamp: 1,
          "{words}": "{words}",
        },
      ],
    },
  },
  "a message of a thread that another agent has": {
    field: "standby",
    value: {
      contacts: [{ wa_id: "16505550198", profile: { name: "{words}" } }],
      messages: [
        { id: "wamid.standby", from: "16505550198", timestamp: "1", type: "text", text: { body: "{words}" } },
      ],
    },
  },
  "what the business forwarded in its own app": {
    field: "smb_message_echoes",
    value: {
      message_echoes: [
        {
          id: "wamid.forwarded",
          to: "16505550197",
          timestamp: "1",
          type: "text",
          text: { body: "{words}" },
          context: { forwarded: true },
        },
      ],
    },
  },
  "the name of a group": {
    field: "group_settings_update",
    value: { groups: [{ group_id: "{words}", subject: "{words}" }] },
  },
  "a template's fate": {
    field: "message_template_status_update",
    value: { message_template_name: "{words}", reason: "{words}" },
  },
  "an alert": { field: "account_alerts", value: { alert_info: { alert_description: "{words}" } } },
  "a field that is a text": {
    field: "{words}",
    value: { messages: [{ id: "{words}", type: "{words}", text: { body: "{words}" } }] },
  },
  "messages that are none": {
    field: "messages",
    value: { messages: ["{words}", { "{words}": "{words}" }, { id: "{words}" }, 7] },
  },
};

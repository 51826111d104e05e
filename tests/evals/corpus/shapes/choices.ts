import type { Shapes } from "../shape";

const interactive = (kind: string, value: unknown) => ({
  message: { type: "interactive", interactive: { type: kind, [kind]: value, "{words}": "{words}" } },
});

/** What people press, choose and fill in. */
export const CHOICES: Shapes = {
  "a button of a template": {
    message: { type: "button", button: { text: "{words}", payload: "{words}", "{words}": "{words}" } },
  },
  "a button": interactive("button_reply", { id: "{words}", title: "{words}", "{words}": "{words}" }),
  "a row": interactive("list_reply", { id: "{words}", title: "{words}", description: "{words}" }),
  "a form": interactive("nfm_reply", {
    name: "{words}",
    body: "{words}",
    response_json: '{"flow_token":"{words}","{words}":"{words}"}',
  }),
  "a form that does not parse": interactive("nfm_reply", {
    name: "flow",
    body: "Sent",
    response_json: '{"{words}',
  }),
  "a permission to call": interactive("call_permission_reply", {
    response: "{words}",
    expiration_timestamp: "{words}",
    response_source: "{words}",
  }),
  "a payment": interactive("payment_method", { payment_method: "{words}", reference_id: "{words}" }),
  "a choice of a kind that nobody knows": interactive("{words}", { title: "{words}", body: "{words}" }),
};

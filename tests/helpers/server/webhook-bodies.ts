/** Any object of a webhook; tests leave out and misspell whatever they need to. */
export type Json = Record<string, unknown>;

/** One `value` of a webhook body, addressed to one number. */
export interface WebhookValue {
  readonly messages?: unknown[];
  readonly statuses?: unknown[];
  readonly contacts?: unknown[];
}

/** A body as Meta sends it, with one change per value. */
export function webhookBody(waPhoneNumberId: string, ...values: WebhookValue[]): Json {
  const metadata = { display_phone_number: "15550783881", phone_number_id: waPhoneNumberId };
  const changes = values.map((value) => ({
    field: "messages",
    value: { messaging_product: "whatsapp", metadata, ...value },
  }));
  return { object: "whatsapp_business_account", entry: [{ id: "900", changes }] };
}

/** A text from a person, as an element of `messages[]`. */
export function textFrom(from: string, id: string, body: string, at: Date): Json {
  return { from, id, timestamp: unixSeconds(at), type: "text", text: { body } };
}

/** An element of `statuses[]`. */
export function statusOf(wamid: string, status: string, at: Date, more: Json = {}): Json {
  return { id: wamid, status, timestamp: unixSeconds(at), recipient_id: "16505551234", ...more };
}

function unixSeconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1000));
}

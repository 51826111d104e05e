import { createHmac, randomBytes } from "node:crypto";
import { DISPLAY_NUMBER, PHONE_NUMBER_ID, WABA_ID } from "#dev/stack/stack-environment";

/** A webhook's body and the signature that Meta would give it. */
export interface SignedWebhook {
  readonly body: Buffer;
  readonly signature: string;
}

// As many people as write at once on a busy number.
const PEOPLE = 200;

/** One text message, as Meta sends it, of a person in turn and with a wamid that was never there before. */
export function createSignedWebhook(number: number, appSecret: string): SignedWebhook {
  const waId = String(16505550000 + (number % PEOPLE));
  const message = {
    from: waId,
    id: `wamid.${randomBytes(42).toString("base64")}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    text: { body: `Good morning, where is my order ${number}? It should have been here yesterday.` },
    type: "text",
  };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: DISPLAY_NUMBER, phone_number_id: PHONE_NUMBER_ID },
    contacts: [{ profile: { name: "Ada Example" }, wa_id: waId }],
    messages: [message],
  };
  const changes = [{ value, field: "messages" }];
  const body = Buffer.from(
    JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: WABA_ID, changes }] }),
  );
  return { body, signature: `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}` };
}

import { createHmac } from "node:crypto";

export interface WebhookTarget {
  readonly webhookUrl: string;
  readonly secrets: { readonly appSecret: string };
}

/** Posts a body to the webhook, signed as Meta signs it unless another signature is given. */
export async function postWebhook(
  target: WebhookTarget,
  body: string | Buffer,
  signature: string | null = sign(body, target.secrets.appSecret),
): Promise<Response> {
  return fetch(target.webhookUrl, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(signature === null ? {} : { "x-hub-signature-256": signature }),
    },
    body,
  });
}

function sign(body: string | Buffer, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

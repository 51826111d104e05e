import { createHmac } from "node:crypto";
import type { DoctorCheck } from "../doctor-check";
import type { DoctorContext } from "../doctor-context";
import type { Finding } from "../../checks/finding";
import { ask } from "../net/ask";

// What Meta would send if nothing had happened: stored, and nothing comes of it.
const NOTHING = JSON.stringify({ object: "whatsapp_business_account", entry: [] });

/** A delivery that is signed as Meta signs is taken, and any other is refused. */
export const webhookSignature: DoctorCheck = {
  id: "webhook-signature",
  title: "Signature of webhooks",
  needs: ["webhook", "app-secret"],
  // It asks twice.
  timeoutMs: 9_000,
  async run(ctx) {
    const [secret = ""] = ctx.config.meta.appSecrets;
    const forged = await deliver(ctx, "0".repeat(64));
    if (forged === 200)
      return {
        status: "failed",
        says: "A delivery with a wrong signature is taken: anybody may invent messages.",
        mend: "Something answers in the server's place, or it is not this version. Take /webhook/meta off the internet until it is.",
        see: "docs/operations/incidents.md",
      };
    if (forged === 403) return explainRefusal(ctx);
    const signed = await deliver(ctx, createHmac("sha256", secret).update(NOTHING).digest("hex"));
    if (signed === 200) return { status: "ok", says: "A signed delivery is taken, a forged one refused." };
    if (signed === 404)
      return {
        status: "failed",
        says: "The server refuses a delivery that is signed with META_APP_SECRET: it runs with another one.",
        mend: "Restart the server, so that it reads the secret anew.",
        see: "docs/operations/secrets.md",
      };
    return {
      status: "failed",
      says: `A signed delivery is not stored (HTTP ${signed}): Meta will come again.`,
      mend: "Look at PUBLIC_URL/ready and the server's log.",
      see: "docs/operations/incidents.md",
    };
  },
};

// The server has no such answer to a delivery.
function explainRefusal({ env }: DoctorContext): Finding {
  if (env.META_MTLS === "on")
    return {
      status: "skipped",
      says: "Only who shows Meta's certificate may deliver (META_MTLS), and nobody else can see what comes of it.",
    };
  return {
    status: "failed",
    says: "Something before the server refuses deliveries (HTTP 403).",
    mend: "See what stands before it. Where nginx has META_MTLS=on, give the doctor the same.",
    see: "docs/operations/edge.md",
  };
}

async function deliver({ config, around }: DoctorContext, signature: string): Promise<number> {
  const headers = { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` };
  const url = `${config.publicUrl}/webhook/meta`;
  return (await ask(url, { method: "POST", headers, body: NOTHING }, around)).status;
}

import { asObject, asText } from "#server/utils/meta/json";
import type { DoctorCheck } from "../doctor-check";
import { examineNumbers } from "../examine-numbers";

// The most particular one wins (Meta, "Webhooks: override").
const PLACES = ["phone_number", "whatsapp_business_account", "application"] as const;

/** Meta delivers to this server's address. */
export const webhookAddress: DoctorCheck = {
  id: "webhook-address",
  title: "Address of the webhook at Meta",
  needs: ["token-scopes"],
  run: (ctx) => {
    const wanted = `${ctx.config.publicUrl}/webhook/meta`;
    return examineNumbers(ctx, "Meta delivers to PUBLIC_URL.", (number, id) => {
      // Not told to every token.
      if (number.webhook_configuration === undefined) return undefined;
      const configured = asObject(number.webhook_configuration);
      const place = PLACES.find((name) => asText(configured[name]) !== undefined);
      if (place !== undefined && asText(configured[place]) === wanted) return undefined;
      return {
        status: "failed",
        says:
          place === undefined
            ? `Meta has no address to deliver to for number ${id}.`
            : `For number ${id} Meta delivers to another address, which is set for the ${place.replaceAll("_", " ")}.`,
        mend: `In the app's dashboard (WhatsApp, Configuration) set the callback to ${wanted} with your verify token, and subscribe to messages.`,
        see: "docs/operations/meta-setup.md",
      };
    });
  },
};

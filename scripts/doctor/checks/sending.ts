import { asList, asObject, asText } from "#server/utils/meta/json";
import type { DoctorCheck } from "../doctor-check";
import { examineNumbers } from "../examine-numbers";

/** Nothing at Meta keeps the numbers from sending: no unpaid bill, no block, no limit that is used up (`health_status`). */
export const sending: DoctorCheck = {
  id: "sending",
  title: "Payment and limits",
  needs: ["token-scopes"],
  run: (ctx) =>
    examineNumbers(ctx, "Meta lets every number send.", (number, id) => {
      // What is not connected cannot send either, and another check says so.
      if (asText(number.status) !== "CONNECTED") return undefined;
      const health = asObject(number.health_status);
      const state = asText(health.can_send_message);
      if (state !== "BLOCKED" && state !== "LIMITED") return undefined;
      const reasons = asList(health.entities)
        .map(asObject)
        .filter((entity) => asText(entity.can_send_message) !== "AVAILABLE")
        .map((entity) => [asText(entity.entity_type), ...codesOf(entity.errors)].join(" "));
      return {
        status: state === "BLOCKED" ? "failed" : "warning",
        says: `Sending from number ${id} is ${state.toLowerCase()}: ${reasons.join(", ") || "Meta does not say why"}.`,
        mend: "The code's meaning stands in the WhatsApp Manager (Overview, and Billing for payments). Mend it there, then: admin numbers resume.",
        see: "docs/operations/phone-number-onboarding.md",
      };
    }),
};

// Meta's own words may name people and cards; the code leads to them.
function codesOf(errors: unknown): string[] {
  return asList(errors).flatMap((error) => asText(asObject(error).error_code) ?? []);
}

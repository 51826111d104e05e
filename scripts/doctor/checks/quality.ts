import { asText } from "#server/utils/meta/json";
import type { DoctorCheck } from "../doctor-check";
import { examineNumbers } from "../examine-numbers";

/** People are content with what the numbers send. */
export const quality: DoctorCheck = {
  id: "quality",
  title: "Quality of the numbers",
  needs: ["token-scopes"],
  run: (ctx) =>
    examineNumbers(ctx, "None is rated low.", (number, id) => {
      const rating = asText(number.quality_rating);
      const isFlagged = asText(number.status) === "FLAGGED";
      if (rating !== "RED" && rating !== "YELLOW" && !isFlagged) return undefined;
      return {
        status: "warning",
        says: `The quality of number ${id} is ${rating ?? "unknown"}${isFlagged ? " and it is flagged" : ""}.`,
        mend: "Send less to people who did not ask for it: see the blocks and reports in the WhatsApp Manager, and lower the caps (admin grants set).",
        see: "docs/operations/phone-number-onboarding.md",
      };
    }),
};

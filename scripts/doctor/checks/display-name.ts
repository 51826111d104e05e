import { asText } from "#server/utils/meta/json";
import type { DoctorCheck } from "../doctor-check";
import { examineNumbers } from "../examine-numbers";

const GOOD = new Set<string | undefined>(["APPROVED", "AVAILABLE_WITHOUT_REVIEW", undefined]);

/** Meta has approved the name that people see. */
export const displayName: DoctorCheck = {
  id: "display-name",
  title: "Display names",
  needs: ["token-scopes"],
  run: (ctx) =>
    examineNumbers(ctx, "Each is approved.", (number, id) => {
      const status = asText(number.name_status);
      if (GOOD.has(status)) return undefined;
      const isPending = status === "PENDING_REVIEW";
      return {
        status: isPending ? "warning" : "failed",
        says: `The display name of number ${id} is ${status}.`,
        mend: isPending
          ? "Wait for Meta's review; until then the number sends little or nothing."
          : "Enter another display name in the WhatsApp Manager, by Meta's rules for names.",
        see: "docs/operations/phone-number-onboarding.md",
      };
    }),
};

import { asText } from "#server/utils/meta/json";
import type { DoctorCheck } from "../doctor-check";
import { combineFindings } from "../combine-findings";
import type { DoctorContext } from "../doctor-context";
import type { Finding } from "../../checks/finding";

// It is not there, or not for this token: "Error codes" of the Graph API, Authorization among them.
const UNKNOWN_CODES: ReadonlySet<number | undefined> = new Set([10, 100, 190]);
const SEE = "docs/operations/phone-number-onboarding.md";

/** Each number is registered for the Cloud API and connected. */
export const numberRegistration: DoctorCheck = {
  id: "number-registration",
  title: "Registration of the numbers",
  needs: ["token-scopes"],
  async run(ctx) {
    const numbers = await ctx.graph.numbers();
    if (numbers.length === 0)
      return { status: "skipped", says: "There is no number yet (admin numbers add)." };
    const findings = await Promise.all(numbers.map(({ waPhoneNumberId }) => examine(ctx, waPhoneNumberId)));
    return combineFindings(findings, `${numbers.length} connected.`);
  },
};

async function examine({ graph }: DoctorContext, id: string): Promise<Finding> {
  const answer = await graph.describeNumber(id);
  if (answer.kind === "unreachable")
    return {
      status: "warning",
      says: `Meta did not answer about number ${id}.`,
      mend: "Run the doctor again.",
    };
  if (answer.kind === "refused" && !isUnknown(answer.code))
    return {
      status: "warning",
      says: `Meta did not say how number ${id} is (code ${answer.code ?? "unknown"}).`,
      mend: "Run the doctor again.",
    };
  if (answer.kind === "refused")
    return {
      status: "failed",
      says: `Meta does not know number ${id}, or not for this token (code ${answer.code ?? "unknown"}).`,
      mend: "Compare the id with the WhatsApp Manager's; assign its account to the system user; or disable it: admin numbers disable.",
      see: SEE,
    };
  const status = asText(answer.body.status);
  const platform = asText(answer.body.platform_type);
  const says = `Number ${id} is ${status ?? "in no known state"}${platform && platform !== "CLOUD_API" ? ` on ${platform}` : ""}`;
  // A flagged number still sends; why it is flagged is the matter of its quality.
  const isConnected = status === "CONNECTED" || status === "FLAGGED";
  if (isConnected && (platform === undefined || platform === "CLOUD_API")) return { status: "ok", says };
  return {
    status: "failed",
    says: `${says}: it neither sends nor receives here.`,
    mend: "Register it with its PIN, as the page below says in step 4. BANNED and RESTRICTED are mended in the WhatsApp Manager.",
    see: SEE,
  };
}

function isUnknown(code: number | undefined): boolean {
  return UNKNOWN_CODES.has(code) || (code !== undefined && code >= 200 && code <= 299);
}

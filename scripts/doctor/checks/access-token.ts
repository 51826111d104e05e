import { TOKEN_CODES } from "#server/utils/meta/token-codes";
import type { TokenInspection } from "#server/utils/meta/inspect-token";
import type { Finding } from "../../checks/finding";
import type { DoctorCheck } from "../doctor-check";

const DAY_MS = 24 * 3_600_000;
const WARN_BEFORE_MS = 14 * DAY_MS;
const MEND =
  "In the business settings make a new token for the system user (both WhatsApp permissions, never expiring), set META_ACCESS_TOKEN and restart.";
const SEE = "docs/operations/meta-setup.md";

/** Meta takes the token, and will go on to. */
export const accessToken: DoctorCheck = {
  id: "access-token",
  title: "Access token",
  needs: ["meta-api"],
  async run({ graph, around }) {
    const said = await graph.token();
    if (said.kind !== "inspected") return explainRefusal(said);
    const { isValid, expiresAt, dataAccessExpiresAt } = said.report;
    if (!isValid)
      return { status: "failed", says: "Meta says that the token is not valid.", mend: MEND, see: SEE };
    const ends = [expiresAt, dataAccessExpiresAt].flatMap((date) => (date ? [date.getTime()] : []));
    if (ends.length === 0) return { status: "ok", says: "It is valid and never expires." };
    const leftMs = Math.min(...ends) - around.now().getTime();
    const days = Math.floor(leftMs / DAY_MS);
    if (leftMs > WARN_BEFORE_MS) return { status: "ok", says: `It is valid for ${days} days more.` };
    return {
      status: leftMs > 0 ? "warning" : "failed",
      says: leftMs > 0 ? `It expires in ${days} days.` : "It has expired.",
      mend: MEND,
      see: SEE,
    };
  },
};

function explainRefusal(said: Exclude<TokenInspection, { readonly kind: "inspected" }>): Finding {
  const code = said.kind === "refused" ? said.code : undefined;
  if (TOKEN_CODES.has(code))
    return { status: "failed", says: `Meta refuses the token (Meta's code ${code}).`, mend: MEND, see: SEE };
  return {
    status: "warning",
    says: `Meta did not say whether it takes the token (code ${code ?? "unknown"}).`,
    mend: "Run the doctor again.",
  };
}

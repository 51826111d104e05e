import type { DoctorCheck } from "../doctor-check";

const NEEDED = ["whatsapp_business_messaging", "whatsapp_business_management"] as const;
const SEE = "docs/operations/meta-setup.md";

/** The token may do what the server does, for the accounts whose numbers it has. */
export const tokenScopes: DoctorCheck = {
  id: "token-scopes",
  title: "Permissions of the token",
  needs: ["access-token", "migrations"],
  async run({ graph }) {
    const said = await graph.token();
    if (said.kind !== "inspected")
      return { status: "skipped", says: "Meta did not say what the token may do." };
    const { scopes, wabaIds } = said.report;
    const missing = NEEDED.filter((scope) => !scopes.includes(scope));
    if (missing.length > 0)
      return {
        status: "failed",
        says: `The token lacks ${missing.join(" and ")}.`,
        mend: "Make a new token for the system user with both permissions, set META_ACCESS_TOKEN and restart.",
        see: SEE,
      };
    const accounts = [...new Set((await graph.numbers()).map(({ wabaId }) => wabaId))];
    const closed = accounts.filter((id) =>
      NEEDED.some((scope) => wabaIds[scope] !== undefined && !wabaIds[scope].includes(id)),
    );
    if (closed.length === 0) return { status: "ok", says: `It has ${NEEDED.join(" and ")}.` };
    return {
      status: "failed",
      says: `The token is not good for the WhatsApp account ${closed.join(", ")}.`,
      mend: "Assign the account to the system user with full control, and make a new token.",
      see: SEE,
    };
  },
};

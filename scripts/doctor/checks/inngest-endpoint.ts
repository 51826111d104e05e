import { createHash } from "node:crypto";
import { asObject, asText, type JsonObject } from "#server/utils/meta/json";
import { signInngestCall } from "#server/utils/outbox/sign-inngest-call";
import type { DoctorCheck } from "../doctor-check";
import type { DoctorContext } from "../doctor-context";
import type { Finding } from "../../checks/finding";
import { hashSigningKey } from "../inngest/hash-signing-key";
import { ask } from "../net/ask";
import { describeNetworkError } from "../../checks/describe-network-error";

const SEE = "docs/operations/secrets.md";
const RESTART = "Restart the server, so that it reads INNGEST_SIGNING_KEY and INNGEST_EVENT_KEY anew.";

/** Inngest gets to the functions where they say they are, and the server there has the same keys. */
export const inngestEndpoint: DoctorCheck = {
  id: "inngest-endpoint",
  title: "Inngest's way to the server",
  needs: ["webhook", "inngest-event-key", "inngest-signing-key"],
  async run(ctx) {
    const { serveOrigin, signingKey } = ctx.config.inngest;
    const url = `${serveOrigin}/api/inngest`;
    try {
      const headers = signingKey ? signInngestCall(signingKey, ctx.around.now()) : {};
      const { status, text } = await ask(url, { headers }, ctx.around);
      if (status === 200) return compare(ctx, asObject(JSON.parse(text)));
      if (status === 401)
        return {
          status: "failed",
          says: "The server runs with another signing key than this program.",
          mend: RESTART,
          see: SEE,
        };
      return {
        status: "failed",
        says: `The functions are not where INNGEST_SERVE_ORIGIN says (HTTP ${status}).`,
        mend: "Set INNGEST_SERVE_ORIGIN to where Inngest gets to the server without a redirect; PUBLIC_URL when it is not set.",
        see: "docs/configuration.md",
      };
    } catch (error) {
      return {
        status: "failed",
        says: `The server cannot be reached where INNGEST_SERVE_ORIGIN says: ${describeNetworkError(error)}.`,
        mend: "Correct INNGEST_SERVE_ORIGIN; PUBLIC_URL when it is not set.",
        see: "docs/configuration.md",
      };
    }
  },
};

function compare({ config }: DoctorContext, told: JsonObject): Finding {
  const { signingKey, eventKey, dev } = config.inngest;
  const isLocal = dev !== undefined && dev !== "0";
  if (isLocal) return { status: "ok", says: "The functions answer." };
  if (told.mode !== "cloud")
    return {
      status: "failed",
      says: "The server takes Inngest's calls without a signature: it runs in development mode.",
      mend: "Remove INNGEST_DEV from the server's environment and restart.",
      see: "docs/configuration.md",
    };
  if (signingKey && asText(told.signing_key_hash) !== hashSigningKey(signingKey).slice(0, 12))
    return {
      status: "warning",
      says: "The server has this signing key only as its fallback.",
      mend: RESTART,
      see: SEE,
    };
  const eventKeyHash = createHash("sha256")
    .update(eventKey ?? "")
    .digest("hex");
  if (asText(told.event_key_hash) !== eventKeyHash)
    return {
      status: "failed",
      says: "The server runs with another event key than this program.",
      mend: RESTART,
      see: SEE,
    };
  return { status: "ok", says: "The functions answer, with the same keys." };
}

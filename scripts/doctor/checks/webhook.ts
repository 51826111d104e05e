import { randomInt } from "node:crypto";
import type { DoctorCheck } from "../doctor-check";
import type { Finding } from "../../checks/finding";
import { ask } from "../net/ask";
import { describeNetworkError } from "../../checks/describe-network-error";

const SEE = "docs/operations/meta-setup.md";

/** Meta's handshake with the webhook works over PUBLIC_URL, as when its address is saved in the app. */
export const webhook: DoctorCheck = {
  id: "webhook",
  title: "Handshake of the webhook",
  needs: ["certificate"],
  async run({ config, around }) {
    const challenge = String(randomInt(1_000_000, 2_000_000_000));
    const query = new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.challenge": challenge,
      "hub.verify_token": config.meta.verifyToken,
    });
    try {
      const { status, text } = await ask(`${config.publicUrl}/webhook/meta?${query}`, {}, around);
      if (status === 200 && text === challenge)
        return { status: "ok", says: "It is answered over PUBLIC_URL." };
      return explain(status);
    } catch (error) {
      return {
        status: "failed",
        says: `PUBLIC_URL does not answer: ${describeNetworkError(error)}.`,
        mend: "See that the server and nginx run (docker compose ps), and that ports 80 and 443 are open (ufw status).",
        see: "docs/operations/incidents.md",
      };
    }
  },
};

function explain(status: number): Finding {
  if (status === 403)
    return {
      status: "failed",
      says: "The server refuses the verify token: it runs with another META_VERIFY_TOKEN than this program.",
      mend: "Restart the server, so that it reads the token anew; Meta's app dashboard must hold the same.",
      see: SEE,
    };
  const isRedirect = status >= 300 && status < 400;
  return {
    status: "failed",
    says: isRedirect
      ? `PUBLIC_URL redirects (HTTP ${status}), and Meta follows no redirect.`
      : `Something else than the server answers, or it is not ready (HTTP ${status}).`,
    mend: isRedirect
      ? "Set PUBLIC_URL to the address at which the server answers itself."
      : "See what answers at PUBLIC_URL/health, and that nginx passes /webhook/meta on.",
    see: SEE,
  };
}

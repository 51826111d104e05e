import { readInngestAddress } from "#server/utils/outbox/read-inngest-address";
import { reachesInngest } from "#server/utils/outbox/reaches-inngest";
import type { DoctorCheck } from "../doctor-check";

const TIMEOUT_MS = 4_000;

/** Inngest can be reached from here. */
export const inngestServer: DoctorCheck = {
  id: "inngest",
  title: "Inngest",
  needs: [],
  async run({ config }) {
    const address = readInngestAddress(config.inngest);
    if (await reachesInngest(address, TIMEOUT_MS))
      return { status: "ok", says: `It answers (${address.kind}).` };
    return {
      status: "failed",
      says: `It does not answer (${address.kind}): what is queued waits, and nothing is lost.`,
      mend:
        address.kind === "cloud"
          ? "See that this host reaches inn.gs on port 443 (curl -sS https://inn.gs), and Inngest's status page (status.inngest.com)."
          : "See that it runs (docker compose --profile inngest ps), and that INNGEST_BASE_URL or INNGEST_DEV is its address.",
      see: "docs/operations/incidents.md",
    };
  },
};

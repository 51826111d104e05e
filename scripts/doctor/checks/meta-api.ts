import type { DoctorCheck } from "../doctor-check";

/** Meta's Graph API can be reached from here. */
export const metaApi: DoctorCheck = {
  id: "meta-api",
  title: "Meta's Graph API",
  needs: [],
  async run({ graph }) {
    const said = await graph.token();
    if (said.kind !== "unreachable") return { status: "ok", says: "It answers." };
    return {
      status: "failed",
      says: "It does not answer, or not as Meta does.",
      mend: "See that this host reaches graph.facebook.com on port 443 (curl -sS https://graph.facebook.com), that GRAPH_API_BASE_URL is right, and Meta's status page (metastatus.com).",
      see: "docs/operations/incidents.md",
    };
  },
};

import { asList, asObject, asText } from "#server/utils/meta/json";
import { readInngestAddress } from "#server/utils/outbox/read-inngest-address";
import type { DoctorCheck } from "../doctor-check";
import { authorizeCall } from "../inngest/authorize-call";
import { callInngest } from "../inngest/call-inngest";

/** Inngest knows the functions. Where it does not, it takes events and runs nothing, without an error. */
export const inngestSync: DoctorCheck = {
  id: "inngest-sync",
  title: "Functions that Inngest knows",
  needs: ["inngest-endpoint"],
  async run({ config }) {
    const { signingKey } = config.inngest;
    const { kind, apiUrl } = readInngestAddress(config.inngest);
    if (kind === "cloud")
      return {
        status: "skipped",
        says: "Inngest Cloud shows it in its dashboard only (Apps, wamcp: last sync).",
      };
    const { status, body } = await callInngest(
      `${apiUrl}/dev`,
      signingKey ? { headers: authorizeCall(signingKey) } : {},
    );
    if (status !== 200)
      return { status: "skipped", says: "This Inngest does not tell which functions it knows." };
    const names = asList(asObject(body).functions).map((item) => {
      const { slug, id, name } = asObject(item);
      return asText(slug) ?? asText(id) ?? asText(name) ?? "";
    });
    if (names.some((name) => name.includes("send-message")))
      return { status: "ok", says: `It knows ${names.length}.` };
    return {
      status: "failed",
      says: "Inngest does not know the functions: it takes events and runs nothing.",
      mend: "docker compose exec app node start.mjs sync",
      see: "docs/operations/deploy.md",
    };
  },
};

import type { DoctorCheck } from "../doctor-check";

/** What is wrong in the configuration so that nobody can start is found before any check runs. */
export const configuration: DoctorCheck = {
  id: "configuration",
  title: "Configuration",
  needs: [],
  async run({ config }) {
    const isPublic = config.publicUrl.startsWith("https:");
    const isDev = config.inngest.dev !== undefined && config.inngest.dev !== "0";
    if (isPublic && isDev)
      return {
        status: "failed",
        says: "INNGEST_DEV is set on a public server: whoever reaches /api/inngest may run its functions, because nothing is signed.",
        mend: "Remove INNGEST_DEV, set INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY, and restart.",
        see: "docs/configuration.md",
      };
    return { status: "ok", says: "Every name is there and well-formed." };
  },
};

import { readInngestAddress } from "#server/utils/outbox/read-inngest-address";
import type { DoctorCheck } from "../doctor-check";
import { authorizeCall } from "../inngest/authorize-call";
import { callInngest } from "../inngest/call-inngest";

/** Inngest knows the signing key, with which each side proves to the other who it is. */
export const inngestSigningKey: DoctorCheck = {
  id: "inngest-signing-key",
  title: "Inngest's signing key",
  needs: ["inngest"],
  // It asks twice.
  timeoutMs: 9_000,
  async run({ config }) {
    const { signingKey, signingKeyFallback } = config.inngest;
    const { kind, apiUrl } = readInngestAddress(config.inngest);
    if (kind === "local" || !signingKey)
      return { status: "skipped", says: "A local Inngest asks for no keys." };
    const isKnown = async (key: string): Promise<boolean | undefined> => {
      // An event that never was: what counts is whether the question is let in.
      const { status } = await callInngest(`${apiUrl}/v1/events/doctor/runs`, {
        headers: authorizeCall(key),
      });
      if (status === undefined || status >= 500) return undefined;
      return status !== 401 && status !== 403;
    };
    const current = await isKnown(signingKey);
    if (current === undefined)
      return {
        status: "warning",
        says: "Inngest did not say whether it knows the key.",
        mend: "Run the doctor again.",
      };
    if (current) return { status: "ok", says: "Inngest knows it." };
    if (signingKeyFallback && (await isKnown(signingKeyFallback)))
      return {
        status: "warning",
        says: "Inngest still has the old signing key; the server works with it as the fallback.",
        mend: "Finish the rotation: rotate the key in Inngest, sync, then remove INNGEST_SIGNING_KEY_FALLBACK.",
        see: "docs/operations/secrets.md",
      };
    return {
      status: "failed",
      says: "Inngest does not know the signing key: no function is registered or called.",
      mend: "Copy the key from Inngest (Manage, Signing key), or from its own environment where it is self-hosted; set INNGEST_SIGNING_KEY and restart.",
      see: "docs/operations/secrets.md",
    };
  },
};

import { readInngestAddress } from "#server/utils/outbox/read-inngest-address";
import type { DoctorCheck } from "../doctor-check";
import { callInngest } from "../inngest/call-inngest";

/** Inngest takes events that are sent with the event key: a batch of none, so nothing is run. */
export const inngestEventKey: DoctorCheck = {
  id: "inngest-event-key",
  title: "Inngest's event key",
  needs: ["inngest"],
  async run({ config }) {
    const { eventKey } = config.inngest;
    const { kind, eventUrl } = readInngestAddress(config.inngest);
    if (kind === "local" || !eventKey)
      return { status: "skipped", says: "A local Inngest asks for no keys." };
    const { status } = await callInngest(`${eventUrl}/e/${encodeURIComponent(eventKey)}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "[]",
    });
    if (status === 401 || status === 403)
      return {
        status: "failed",
        says: "Inngest does not know the event key: nothing that is queued is sent.",
        mend: "Copy the key from Inngest (Manage, Event keys), or from its own environment where it is self-hosted; set INNGEST_EVENT_KEY and restart.",
        see: "docs/operations/secrets.md",
      };
    // That a batch is empty may be refused; its key was looked at before.
    if (status !== undefined && status < 500) return { status: "ok", says: "Inngest knows it." };
    return {
      status: "warning",
      says: "Inngest did not say whether it knows the key.",
      mend: "Run the doctor again.",
    };
  },
};

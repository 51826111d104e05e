import type { DoctorCheck } from "../doctor-check";
import { countKeysByPepper } from "../database/store";

/** The keys were hashed with a pepper that is configured. Whether its value is right shows only when a key is used. */
export const pepper: DoctorCheck = {
  id: "pepper",
  title: "Pepper of the API keys",
  needs: ["migrations"],
  async run({ config, database }) {
    const { current, previous } = config.apiKeyPeppers;
    const known = new Set([current.version, previous?.version]);
    const counts = await countKeysByPepper(database.system);
    const sum = (isIt: (version: number) => boolean) =>
      counts.filter(({ version }) => isIt(version)).reduce((total, { count }) => total + count, 0);
    const lost = sum((version) => !known.has(version));
    const all = sum(() => true);
    if (all === 0) return { status: "skipped", says: "There is no living key yet." };
    if (lost === 0) return { status: "ok", says: `${all} living keys have a pepper that is configured.` };
    const says = `${lost} of ${all} living keys were hashed with a pepper that is not configured, and are refused.`;
    const mend =
      "Set API_KEY_PEPPER and API_KEY_PEPPER_VERSION, or API_KEY_PEPPER_PREVIOUS, to what they were, and restart; or rotate those keys (keys list shows each key's pepper).";
    return { status: lost === all ? "failed" : "warning", says, mend, see: "docs/configuration.md" };
  },
};

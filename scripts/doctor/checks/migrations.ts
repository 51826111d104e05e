import { readNewestApplied } from "#server/utils/readiness/store";
import journal from "../../../db/migrations/meta/_journal.json";
import type { DoctorCheck } from "../doctor-check";

const NEWEST = Math.max(...journal.entries.map(({ when }) => when));

/** The database has the schema that this program was built with. */
export const migrations: DoctorCheck = {
  id: "migrations",
  title: "Schema",
  needs: ["database"],
  async run({ database }) {
    const applied = await readNewestApplied(database.system).catch(() => 0);
    if (applied === NEWEST) return { status: "ok", says: "The newest migration is applied." };
    if (applied > NEWEST)
      return {
        status: "warning",
        says: "The database is newer than this program.",
        mend: "Run the doctor of the version that serves.",
        see: "docs/operations/upgrade.md",
      };
    return {
      status: "failed",
      says: "The newest migration is not applied.",
      mend: "docker compose up -d --wait, which migrates first; without containers restart the server. Read the log of migrate, or the server's, when that does not help.",
      see: "docs/operations/upgrade.md",
    };
  },
};

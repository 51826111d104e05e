import { withTimeout } from "#server/utils/with-timeout";
import type { DoctorCheck } from "../doctor-check";
import { readServerVersion } from "../database/store";
import { describeDatabaseError } from "../database/describe-database-error";

const OLDEST_VERSION = 160_000;
// While postgres.js waits to reconnect a query hangs.
const TIMEOUT_MS = 4_000;

/** PostgreSQL answers, and is new enough. */
export const databaseServer: DoctorCheck = {
  id: "database",
  title: "PostgreSQL",
  needs: [],
  async run({ database }) {
    try {
      const version = await withTimeout(readServerVersion(database.system), TIMEOUT_MS, "the database");
      if (version >= OLDEST_VERSION)
        return { status: "ok", says: `PostgreSQL ${Math.floor(version / 10_000)} answers.` };
      return {
        status: "failed",
        says: `PostgreSQL ${Math.floor(version / 10_000)} is too old: 16 is needed.`,
        mend: "Restore a backup into PostgreSQL 16.",
        see: "docs/operations/upgrade.md",
      };
    } catch (error) {
      return { status: "failed", ...describeDatabaseError(error), see: "docs/operations/deploy.md" };
    }
  },
};

import type { DoctorCheck } from "../doctor-check";
import { selectUnforcedTables } from "../database/store";

/** Every table's policies bind everybody, its owner included. */
export const rowSecurity: DoctorCheck = {
  id: "row-security",
  title: "Row-level security",
  needs: ["migrations"],
  async run({ database }) {
    const tables = await selectUnforcedTables(database.system);
    if (tables.length === 0) return { status: "ok", says: "It is forced on every table." };
    return {
      status: "failed",
      says: `It is not forced on ${tables.join(", ")}: one client may see another's rows.`,
      mend: "As the tables' owner, for each: alter table <name> enable row level security, force row level security. Then find out who took it away.",
      see: "docs/architecture.md",
    };
  },
};

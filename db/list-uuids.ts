import { sql, type SQL } from "drizzle-orm";

/** Ids as one parameter, so that a statement reads the same for any number of them (`prepare-statements.ts`). */
export const listUuids = (ids: readonly string[]): SQL => sql`${`{${ids.join(",")}}`}::uuid[]`;

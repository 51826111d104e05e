import type { Database } from "#db/client";
import type { Config } from "#server/utils/config";
import type { GraphFacts } from "./graph-facts";
import type { Surroundings } from "./surroundings";

/** What a check may use. */
export interface DoctorContext {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly database: Database;
  readonly graph: GraphFacts;
  readonly around: Surroundings;
}

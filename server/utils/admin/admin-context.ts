import type { Database } from "#db/client";
import type { Peppers } from "../auth/peppers";
import type { Clock } from "../clock";

/** What an admin's verb needs. */
export interface AdminContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly peppers: Peppers;
}

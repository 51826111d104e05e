import { AppError } from "../../errors";
import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { selectUsage, type UsageRow } from "./store";

/** What was sent on one day. */
export interface DayUsage {
  /** yyyy-mm-dd, in UTC. */
  readonly day: string;
  readonly rows: readonly UsageRow[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * How many messages count against each cap on a day (UTC); today when none is named.
 *
 * @throws AppError `invalid_arguments`, `not_found`
 */
export async function listUsage(
  ctx: AdminContext,
  input: { readonly day?: string | undefined; readonly client?: string | undefined } = {},
): Promise<DayUsage> {
  const day = input.day ?? ctx.clock.now().toISOString().slice(0, 10);
  requireDay(day);
  const tx = ctx.database.system;
  const clientId = input.client === undefined ? undefined : (await requireClient(tx, input.client)).id;
  return { day, rows: await selectUsage(tx, day, clientId) };
}

function requireDay(day: string): void {
  const at = new Date(`${day}T00:00:00Z`);
  // A 31st of February would be read as a day of March.
  if (DAY.test(day) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)) return;
  throw new AppError("invalid_arguments", "This is not a day.", { advice: "Write it as yyyy-mm-dd." });
}

import { setTimeout as pause } from "node:timers/promises";
import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { selectAuditWrittenSince, selectNewestAudit, type AuditRow } from "./store";

/** Which part of the record is meant, and for how long it is watched. */
export interface TailAuditInput {
  /** By id or name; everybody when left out. */
  readonly client?: string | undefined;
  /** How many of the newest lines come first. */
  readonly count: number;
  /** Watches for new lines until this is aborted; ends at once when left out. */
  readonly follow?: AbortSignal | undefined;
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;
// A transaction may commit later than its line was made, and the clocks of several hosts differ a little.
const OVERLAP_MS = 30_000;

/**
 * The newest lines of the record, oldest first, and then each new one.
 *
 * @throws AppError `not_found`
 */
export async function* tailAudit(
  ctx: AdminContext,
  { client, count, follow, everyMs = EVERY_MS }: TailAuditInput,
): AsyncGenerator<readonly AuditRow[]> {
  const tx = ctx.database.system;
  const clientId = client === undefined ? undefined : (await requireClient(tx, client)).id;
  const windowStart = (): Date => new Date(ctx.clock.now().getTime() - OVERLAP_MS);
  // What is there before the first lines are shown is not new, whether it is shown or not.
  let known = new Set((await selectAuditWrittenSince(tx, clientId, windowStart())).map(({ id }) => id));
  const newest = (await selectNewestAudit(tx, { clientId }, count)).toReversed();
  if (newest.length > 0) yield newest;
  for (const { id } of newest) known.add(id);
  const isOver = (): boolean => follow?.aborted ?? true;
  while (!isOver()) {
    await pause(everyMs, undefined, follow && { signal: follow }).catch(() => {});
    if (isOver()) return;
    const recent = await selectAuditWrittenSince(tx, clientId, windowStart());
    const fresh = recent.filter(({ id }) => !known.has(id));
    known = new Set(recent.map(({ id }) => id));
    if (fresh.length > 0) yield fresh;
  }
}

import type { SystemContext } from "../context";
import { recordRetention, type RetentionReport } from "./record-retention";
import { deleteCounters } from "./store";

const KEPT_MS = 90 * 24 * 60 * 60_000;

/** Deletes counters that no limit looks at any more. There are few: one row per key, and some per day. */
export async function retainCounters(ctx: SystemContext): Promise<RetentionReport> {
  const before = new Date(ctx.clock.now().getTime() - KEPT_MS);
  const { rates, days } = await ctx.database.asSystem((tx) => deleteCounters(tx, before));
  return recordRetention(ctx, "counters", before, { rate_buckets: rates, usage_days: days });
}

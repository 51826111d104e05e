import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Transaction } from "#db/client";
import type { SystemContext } from "../context";
import { daysAgo } from "./days-ago";
import { removeOrphans } from "./media/remove-orphans";
import { deleteUnattached, forgetFiles, type ForgottenFile } from "./media/store";
import { recordRetention, type RetentionReport } from "./record-retention";

const BATCH = 500;
const BATCH_LIMIT = 200;

/**
 * Deletes files that are older than MEDIA_KEEP_DAYS, that their authors took back, or whose messages are gone, and what a crash
 * left on the disk. The row first: a file that no row names is found later, a row without its file would be a lie.
 */
export async function retainMedia(ctx: SystemContext): Promise<RetentionReport> {
  const before = daysAgo(ctx.clock, ctx.config.media.keepDays);
  const sentBefore = daysAgo(ctx.clock, ctx.config.retention.messageDays);
  const deleted =
    (await inBatches(ctx, (tx) => forgetFiles(tx, before, BATCH))) +
    (await inBatches(ctx, (tx) => deleteUnattached(tx, sentBefore, BATCH)));
  const orphans = await removeOrphans(ctx);
  const report = { deleted, orphans };
  if (deleted + orphans === 0) return report;
  return recordRetention(ctx, "media", before ?? ctx.clock.now(), report);
}

async function inBatches(
  ctx: SystemContext,
  forget: (tx: Transaction) => Promise<ForgottenFile[]>,
): Promise<number> {
  let count = 0;
  for (let batch = 0; batch < BATCH_LIMIT; batch += 1) {
    const files = await ctx.database.asSystem(forget);
    for (const { path } of files) {
      if (path) await rm(join(ctx.config.media.root, path), { force: true });
    }
    count += files.length;
    if (files.length < BATCH) break;
  }
  return count;
}

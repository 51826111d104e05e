import type { SystemContext } from "../context";
import { createInboxLease } from "./create-inbox-lease";
import { processBody } from "./process-body";
import { claimInboxBodies, finishInboxBody, releaseInboxBodies } from "./store";

// Short, so that a crash delays what it held by little. Renewed while the work goes on.
const LEASE_MS = 15_000;
// A crash holds back what was claimed: few bodies at a time.
const CLAIM_LIMIT = 10;

/**
 * Handles committed webhook bodies. Whoever claims a body first does the work, so it may be called twice, at
 * once and again: bodies that are claimed or done are passed over, and elements are stored once.
 *
 * @returns how many bodies this call handled
 */
export async function processInbox(ctx: SystemContext, inboxIds: readonly string[]): Promise<number> {
  let count = 0;
  for (let start = 0; start < inboxIds.length; start += CLAIM_LIMIT) {
    count += await processBatch(ctx, inboxIds.slice(start, start + CLAIM_LIMIT));
  }
  return count;
}

async function processBatch(ctx: SystemContext, inboxIds: readonly string[]): Promise<number> {
  const claimedAt = ctx.clock.now();
  const bodies = await claimInboxBodies(ctx.database.system, inboxIds, claimedAt, LEASE_MS);
  const lease = createInboxLease(ctx, bodies, claimedAt, LEASE_MS);
  for (const [index, body] of bodies.entries()) {
    try {
      const outcome = await processBody(ctx, body, lease);
      if (outcome === "lost") continue;
      await finishInboxBody(ctx.database.system, body, ctx.clock.now(), outcome.error);
      lease.end(body.id);
    } catch (error) {
      // Those behind it too: whoever comes next need not wait for the lease.
      await releaseInboxBodies(ctx.database.system, bodies.slice(index)).catch(() => {});
      throw error;
    }
  }
  // A status may have cleared the way for a send.
  if (bodies.length > 0) ctx.wakeRelay();
  return bodies.length;
}

import type { SystemContext } from "../../../context";
import { insist } from "../../../insist";
import type { RemoteRules } from "../../../media/fetch-remote";
import { handToMeta } from "../../../media/outbound/hand-to-meta";
import { claimFile } from "./claim-file";
import { settleFile } from "./settle-file";

// What an upload cost is not thrown away because the database restarts.
const SETTLE_TIMEOUT_MS = 60_000;

/** What a run did, by ids. */
export interface UploadReport {
  readonly media_id: string;
  readonly outcome: "uploaded" | "refused" | "retry" | "nothing_to_do";
}

/**
 * Fetches and uploads the file of a message, ahead of the message's turn: nothing else does. Its message waits for it, and is
 * woken when it has ended. Safe to run again at any point: whoever comes while somebody is at it, or when it is done, finds
 * nothing to do. What is wrong with the file is not thrown: it is the sender's to hear, and nobody's to be alerted of.
 *
 * @param runId Inngest's, for the audit log
 */
export async function uploadFile(
  ctx: SystemContext,
  mediaId: string,
  runId?: string,
  rules?: RemoteRules,
): Promise<UploadReport> {
  const claim = await ctx.database.asSystem((tx) => claimFile(tx, mediaId, ctx.clock.now()));
  if (!claim) return { media_id: mediaId, outcome: "nothing_to_do" };
  const end = await handToMeta(ctx, claim, claim.kind, rules);
  const outcome = await insist(() => settleFile(ctx, claim, end, runId), SETTLE_TIMEOUT_MS);
  ctx.wakeRelay();
  return { media_id: mediaId, outcome };
}

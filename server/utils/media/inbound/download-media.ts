import { lookup } from "node:dns/promises";
import type { SystemContext } from "../../context";
import { describeError } from "../../log";
import { createGuardedAgent, PUBLIC_ONLY, type AddressGuard } from "../fetching/create-guarded-agent";
import { holdClaim, MEDIA_LEASE_MS } from "../hold-claim";
import { MediaFailure } from "../media-failure";
import { mediaPath } from "../media-path";
import { whileStoring } from "../while-storing";
import { sniffFile } from "../sniff-file";
import { claimMedia, settleMedia, type MediaClaim } from "../store";
import { fetchFromMeta } from "./fetch-from-meta";
import { putOff } from "./put-off";
import { isTakenBack } from "./store";

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
// The names of this machine are not for name servers.
const LOOPBACK: AddressGuard = {
  resolve: (host) => lookup(host, { all: true }),
  mayConnect: () => true,
};

/** What a run did, by ids. */
export interface DownloadReport {
  readonly media_id: string;
  /** `waiting`: it did not work this time, and the sweep announces it again. */
  readonly outcome: "ready" | "failed" | "waiting" | "taken_back" | "nothing_to_do";
}

/**
 * Fetches the file of a message into its place. Safe to run again at any point: the place is the file's own, and whoever comes
 * while somebody is at it, or when it is done, finds nothing to do. What does not work is tried again for as long as Meta keeps
 * the file, unless it is too large.
 */
export async function downloadMedia(ctx: SystemContext, mediaId: string): Promise<DownloadReport> {
  const claim = await ctx.database.asSystem((tx) =>
    claimMedia(tx, mediaId, "inbound", ctx.clock.now(), MEDIA_LEASE_MS),
  );
  if (!claim) return { media_id: mediaId, outcome: "nothing_to_do" };
  if (await isTakenBack(ctx.database.system, mediaId)) {
    const nothing = { path: null, fileName: null };
    await settleMedia(ctx.database.system, claim, { state: "deleted", ...nothing });
    return { media_id: mediaId, outcome: "taken_back" };
  }
  try {
    await holdClaim(ctx, claim, DOWNLOAD_TIMEOUT_MS, (signal) => bringIn(ctx, claim, signal));
    return { media_id: mediaId, outcome: "ready" };
  } catch (error) {
    return { media_id: mediaId, outcome: await settleFailure(ctx, claim, error) };
  }
}

async function bringIn(ctx: SystemContext, claim: MediaClaim, signal: AbortSignal): Promise<void> {
  const { media, waPhoneNumberId } = claim;
  if (!media.waMediaId) throw new MediaFailure("not_found", true);
  const door = { ...ctx.config.graph, accessToken: ctx.config.meta.accessToken };
  const guard = isLoopback(door.baseUrl) ? LOOPBACK : PUBLIC_ONLY;
  const dispatcher = createGuardedAgent(guard);
  try {
    const { waMediaId, expectedSha256 } = media;
    const from = { door, disk: ctx.config.media, waMediaId, waPhoneNumberId, expectedSha256 };
    const stored = await fetchFromMeta({ ...from, dispatcher, mayConnect: guard.mayConnect, signal });
    const sniffed = await whileStoring(sniffFile(stored.temporaryPath));
    const path = mediaPath(media, sniffed.extension);
    await stored.keep(path);
    await settleMedia(ctx.database.system, claim, {
      state: "ready",
      error: null,
      path,
      sniffedType: sniffed.type,
      sizeBytes: stored.sizeBytes,
      sha256: stored.sha256,
      storedAt: ctx.clock.now(),
    });
  } finally {
    await dispatcher.destroy();
  }
}

// Only what is developed against: a Graph on this machine gives addresses on this machine.
function isLoopback(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

async function settleFailure(
  ctx: SystemContext,
  claim: MediaClaim,
  error: unknown,
): Promise<"failed" | "waiting"> {
  const { media } = claim;
  const hasExpired = media.waMediaExpiresAt !== null && media.waMediaExpiresAt <= ctx.clock.now();
  const failure = error instanceof MediaFailure ? error : undefined;
  if (failure?.reason === "address_refused") ctx.log.warn(`the address of the file ${media.id} was refused`);
  // What else is final is on the side of Meta, which mends it: nobody but Meta can give the file again.
  const isOver = hasExpired || !media.waMediaId || failure?.reason === "too_large";
  if (!isOver) {
    await putOff(ctx, claim, error);
    return "waiting";
  }
  if (!failure) ctx.log.warn(`the file ${media.id} was lost:`, describeError(error));
  const told = failure?.isFinal ? { reason: failure.reason, ...failure.more } : { reason: "expired" };
  await settleMedia(ctx.database.system, claim, { state: "failed", error: told });
  return "failed";
}

import type { SystemContext } from "../context";
import { describeError } from "../log";
import { renewMediaClaim, type MediaClaim } from "./store";

/** How long a claim outlives the process that holds it. */
export const MEDIA_LEASE_MS = 60_000;

/**
 * Does work on a file and keeps its claim alive meanwhile, however long it takes. The work is told to stop when the claim is
 * somebody else's, or when the time is up.
 */
export async function holdClaim<T>(
  ctx: Pick<SystemContext, "database" | "clock" | "log">,
  claim: MediaClaim,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    try {
      const isHeld = await renewMediaClaim(ctx.database.system, claim, ctx.clock.now(), MEDIA_LEASE_MS);
      if (!isHeld) lost.abort();
    } catch (error) {
      // The next one may come through; the lease is three of them long.
      ctx.log.warn("a claim on a file was not renewed:", describeError(error));
    }
  };
  const timer = setInterval(() => void renew(), MEDIA_LEASE_MS / 3);
  try {
    return await work(AbortSignal.any([lost.signal, AbortSignal.timeout(timeoutMs)]));
  } finally {
    clearInterval(timer);
  }
}

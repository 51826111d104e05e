import type { SystemContext } from "../context";
import { renewInboxClaims, type InboxBody } from "./store";

/** The right of one process to handle bodies. */
export interface InboxLease {
  /**
   * Renews the lease of all bodies that are left when it is getting old; costs nothing when it is young.
   *
   * @returns whether this body is still ours
   */
  keep(id: string): Promise<boolean>;
  /** The body is finished. */
  end(id: string): void;
}

/** A lease that lasts as long as the work does: a body of a thousand elements takes longer than a crash may hold it. */
export function createInboxLease(
  { database, clock }: Pick<SystemContext, "database" | "clock">,
  bodies: readonly InboxBody[],
  claimedAt: Date,
  leaseMs: number,
): InboxLease {
  let ours = [...bodies];
  let renewedAtMs = claimedAt.getTime();
  return {
    async keep(id) {
      const now = clock.now();
      if (now.getTime() - renewedAtMs >= leaseMs / 3) {
        const kept = await renewInboxClaims(database.system, ours, now, leaseMs);
        ours = ours.filter((body) => kept.includes(body.id));
        renewedAtMs = now.getTime();
      }
      return ours.some((body) => body.id === id);
    },
    end(id) {
      ours = ours.filter((body) => body.id !== id);
    },
  };
}

import { randomUUID } from "node:crypto";
import type { StreamRenewal } from "./store";
import { RENEW_AFTER_MS, STREAM_LEASE_MS } from "./stream-lease";

/** A process's claim to hold a session's event stream, and what is written down with it. */
export interface Lease {
  /** Names the stream among all of the session. */
  readonly stream: string;
  /** Whether a newer stream has taken its place. */
  readonly isLost: boolean;
  /** When a lease that is taken or renewed now ends. */
  extend(now: Date): Date;
  begin(lease: number, now: Date): void;
  /** Hears of a stream that was opened: all that come after its own are newer. */
  hear(stream: string): void;
  /** What to write down now; undefined when nothing is due. */
  dueRenewal(id: string, now: Date): StreamRenewal | undefined;
  renewed(renewal: StreamRenewal): void;
  /** What to write down when the stream has ended; undefined when it never was this process's, or is not any more. */
  finalRenewal(id: string, now: Date): StreamRenewal | undefined;
}

/**
 * Keeps a lease. What was told a short while ago counts as untold: nobody knows whether it reached a client whose connection has
 * broken, and what is told twice harms nobody.
 *
 * @param settleMs how often it is looked how far the stream has told
 */
export function createLease(readToldSeq: () => number, settleMs: number): Lease {
  let lease: number | undefined;
  const stream = randomUUID();
  let isNewest = false;
  let isLost = false;
  let settled = { toldSeq: 0, atMs: 0 };
  let arrivedSeq = 0;
  let writtenSeq = 0;
  return {
    stream,
    get isLost() {
      return isLost;
    },
    extend: (now) => new Date(now.getTime() + STREAM_LEASE_MS),
    begin(taken, now) {
      lease = taken;
      settled = { toldSeq: 0, atMs: now.getTime() };
    },
    hear(opened) {
      if (opened === stream) isNewest = true;
      else isLost ||= isNewest;
    },
    dueRenewal(id, now) {
      const nowMs = now.getTime();
      if (lease === undefined || isLost) return undefined;
      if (nowMs >= settled.atMs + settleMs) {
        arrivedSeq = settled.toldSeq;
        settled = { toldSeq: readToldSeq(), atMs: nowMs };
      }
      const isDue = lease - nowMs <= STREAM_LEASE_MS - RENEW_AFTER_MS || arrivedSeq > writtenSeq;
      return isDue ? { id, lease, until: nowMs + STREAM_LEASE_MS, toldSeq: arrivedSeq } : undefined;
    },
    renewed({ until, toldSeq }) {
      lease = until;
      writtenSeq = toldSeq;
    },
    finalRenewal: (id, now) =>
      lease === undefined || isLost ? undefined : { id, lease, until: now.getTime(), toldSeq: arrivedSeq },
  };
}

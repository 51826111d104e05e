import { setTimeout as pause } from "node:timers/promises";
import type { Change } from "../context";
import { describeError, type Log } from "../log";
import type { MissedChanges } from "./store";

/** More missed changes than this are not told one by one. */
export const MISSED_LIMIT = 5_000;
// Together a good second and a half: a database that is away for longer takes the listening connection with it, and when
// that is back the next look begins.
const RETRY_AFTER_MS = [50, 100, 200, 400, 800];

export interface OrderedFeedOptions {
  readonly readLastSeq: () => Promise<number>;
  readonly readMissed: (after: number, limit: number) => Promise<MissedChanges>;
  /** Takes the changes in their order, each once; `undefined` when some may be missing. */
  readonly pass: (change: Change | undefined) => void;
  readonly log: Log;
}

/** Notifications, put in order and completed from the table. */
export interface OrderedFeed {
  readonly lastSeq: number;
  /** Takes a notification: passes it on at once when it is the next one. */
  take(change: Change): void;
  /** Looks into the table for what was not notified. Notifications are held back until it is done. */
  look(): Promise<void>;
}

/** Where the feed stands. */
interface Position {
  /** Of the last change that was passed on; undefined until it is known where the feed begins for this process. */
  last: number | undefined;
  /** Notifications that wait for a look to end. */
  held: Change[];
  mustLook: boolean;
}

/**
 * Makes a feed without gaps out of notifications, which get lost with the connection that listens. A gap in the numbers makes
 * it look into the table, once for all gaps there are then: one that the table knows nothing of was a transaction that was
 * rolled back.
 */
export function createOrderedFeed(options: OrderedFeedOptions): OrderedFeed {
  const { pass, log } = options;
  const position: Position = { last: undefined, held: [], mustLook: false };
  let looking: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (position.mustLook) {
      position.mustLook = false;
      // What was notified before the look is in the table when it begins: what is not there by then will never be.
      const confirmedSeq = position.held.at(-1)?.seq ?? 0;
      const isDone = await attempt(() => catchUp(position, options), log);
      if (!isDone) pass(undefined);
      release(position, pass, isDone ? confirmedSeq : Number.POSITIVE_INFINITY);
    }
    looking = undefined;
  };
  const look = (): Promise<void> => {
    position.mustLook = true;
    looking ??= run();
    return looking;
  };
  return {
    get lastSeq() {
      return position.last ?? 0;
    },
    take(change) {
      const { last } = position;
      if (!looking && last !== undefined && change.seq <= last + 1) return passOn(position, pass, change);
      if (position.held.length >= MISSED_LIMIT) {
        // They are in the table.
        position.held = [];
        position.mustLook = true;
      }
      position.held.push(change);
      if (!looking) void look();
    },
    look,
  };
}

async function catchUp(position: Position, options: OrderedFeedOptions): Promise<void> {
  const { readLastSeq, readMissed, pass } = options;
  if (position.last === undefined) {
    position.last = await readLastSeq();
    return pass(undefined);
  }
  const { changes, isComplete, lastSeq } = await readMissed(position.last, MISSED_LIMIT);
  if (!isComplete) {
    if (changes.length === 0) position.last = lastSeq;
    pass(undefined);
  }
  for (const change of changes) passOn(position, pass, change);
}

function release(position: Position, pass: OrderedFeedOptions["pass"], confirmedSeq: number): void {
  const waiting = position.held;
  position.held = [];
  for (const [index, change] of waiting.entries()) {
    const isGap = position.last !== undefined && change.seq > position.last + 1;
    if (isGap && change.seq > confirmedSeq) {
      position.held = waiting.slice(index);
      position.mustLook = true;
      return;
    }
    passOn(position, pass, change);
  }
}

function passOn(position: Position, pass: OrderedFeedOptions["pass"], change: Change): void {
  if (position.last !== undefined && change.seq <= position.last) return;
  position.last = change.seq;
  pass(change);
}

async function attempt(work: () => Promise<void>, log: Log): Promise<boolean> {
  for (const afterMs of [...RETRY_AFTER_MS, undefined]) {
    try {
      await work();
      return true;
    } catch (error) {
      log.warn("changes were not read:", describeError(error));
      if (afterMs !== undefined) await pause(afterMs, undefined, { ref: false });
    }
  }
  return false;
}

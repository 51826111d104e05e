import type { SystemContext } from "../../context";
import { describeError } from "../../log";
import { touchSession } from "./store";

// Often enough for a limit of half an hour, and seldom enough for a table that every call would write.
const TOUCH_EVERY_MS = 60_000;

/** Notes now and then that a session is used. One that turns out to be gone is closed. */
export function createToucher(
  { database, clock, log }: SystemContext,
  id: string,
  lastSeenAt: Date,
  close: () => Promise<void>,
): () => void {
  let touchedMs = lastSeenAt.getTime();
  return (): void => {
    const now = clock.now();
    if (now.getTime() < touchedMs + TOUCH_EVERY_MS) return;
    touchedMs = now.getTime();
    touchSession(database.system, id, now)
      .then((isThere) => (isThere ? undefined : close()))
      .catch((error: unknown) => log.debug("a session's use was not noted:", describeError(error)));
  };
}

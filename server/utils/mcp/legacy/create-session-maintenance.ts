import type { SystemContext } from "../../context";
import { SESSION_IDLE_MS, type SessionRoom } from "./create-session-room";
import { deleteIdleSessions, deleteSessionsOfDeadKeys } from "./store";
import { createWorkMarks } from "./create-work-marks";
import { renewStreams } from "./streams/store";

// Longer than any call but one that waits for a person, which counts as busy.
const HELD_IDLE_MS = 3 * 60_000;
const SWEEP_EVERY_MS = 60_000;

/**
 * What has to be done every second: keep the leases of streams and write down how far they have told, mark what is at work, end
 * what belongs to a key that has expired, forget what does nothing here, and now and then delete what nobody uses.
 */
export function createSessionMaintenance(system: SystemContext, room: SessionRoom): () => Promise<void> {
  const { database, clock } = system;
  const markWorking = createWorkMarks(database);
  let sweptMs = 0;
  return async () => {
    const now = clock.now();
    await tidy(room, now);
    await renew(system, room, now);
    await markWorking(room.sessions.values(), now);
    if (now.getTime() < sweptMs + SWEEP_EVERY_MS) return;
    sweptMs = now.getTime();
    await deleteIdleSessions(database.system, new Date(sweptMs - SESSION_IDLE_MS), now);
    await deleteSessionsOfDeadKeys(database.system, undefined, now);
  };
}

async function tidy({ sessions }: SessionRoom, now: Date): Promise<void> {
  for (const session of sessions.values()) {
    const { expiresAt } = session.principal;
    // Nothing announces that a key has expired.
    const isExpired = expiresAt !== null && expiresAt <= now;
    const isForgotten = !session.isBusy && session.lastUsedMs < now.getTime() - HELD_IDLE_MS;
    if (isExpired || isForgotten) await session.close();
    else session.tidy(now);
  }
}

async function renew({ database }: SystemContext, { sessions }: SessionRoom, now: Date): Promise<void> {
  const due = [...sessions.values()].flatMap(({ id, streams: { current: stream } }) => {
    const renewal = stream?.lease.dueRenewal(id, now);
    return stream && renewal ? [{ stream, renewal }] : [];
  });
  if (due.length === 0) return;
  const kept = await renewStreams(
    database.system,
    due.map(({ renewal }) => renewal),
    now,
  );
  for (const { stream, renewal } of due) {
    if (kept.has(renewal.id)) stream.lease.renewed(renewal);
    // Another process holds it now, or the session is gone.
    else stream.end();
  }
}

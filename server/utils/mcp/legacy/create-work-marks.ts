import type { Database } from "#db/client";
import type { LegacySession } from "./legacy-session";
import { markWorking } from "./store";
import { RENEW_AFTER_MS, STREAM_LEASE_MS } from "./streams/stream-lease";

/**
 * Marks sessions that are at work, so that no process has them give way to another: they count as streaming. Those that stream
 * from here do so anyway. What ends within a second is never marked.
 */
export function createWorkMarks({ system }: Pick<Database, "system">) {
  const marks = new Map<string, Date>();
  return async (sessions: Iterable<LegacySession>, now: Date): Promise<void> => {
    const until = new Date(now.getTime() + STREAM_LEASE_MS);
    const working = new Set(
      [...sessions].flatMap(({ id, isWorking, streams }) => (isWorking && !streams.current ? [id] : [])),
    );
    const due = [...working].flatMap((id) => {
      const former = marks.get(id);
      const isDue = !former || former.getTime() - now.getTime() <= STREAM_LEASE_MS - RENEW_AFTER_MS;
      return isDue ? [{ id, former }] : [];
    });
    if (due.length > 0) await markWorking(system, due, now, until);
    for (const { id } of due) marks.set(id, until);
    const ended = [...marks].flatMap(([id, former]) => (working.has(id) ? [] : [{ id, former }]));
    if (ended.length > 0) await markWorking(system, ended, now, now);
    for (const { id } of ended) marks.delete(id);
  };
}

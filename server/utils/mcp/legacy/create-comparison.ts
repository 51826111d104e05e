import type { SystemContext } from "../../context";
import { describeError } from "../../log";
import type { SessionRoom } from "./create-session-room";
import { findExisting } from "./store";

/** Compares what this process holds with the database, when news of other processes may have been missed. */
export interface Comparison {
  begin(): Promise<void>;
  /** Does it once more where it has failed. */
  repeat(): Promise<void>;
}

/** A failed comparison is repeated until one succeeds: nothing else would tell what was missed. */
export function createComparison({ database, log }: SystemContext, room: SessionRoom): Comparison {
  let isDue = false;
  const begin = async (): Promise<void> => {
    isDue = false;
    try {
      await compare(database.system, room);
    } catch (error) {
      isDue = true;
      log.warn("sessions were not compared:", describeError(error));
    }
  };
  return {
    begin,
    async repeat() {
      if (isDue) await begin();
    },
  };
}

async function compare(
  system: SystemContext["database"]["system"],
  { sessions }: Pick<SessionRoom, "sessions">,
): Promise<void> {
  const held = [...sessions.values()].map((session) => ({
    session,
    take: session.streams.current?.subscriptions.compare(),
  }));
  if (held.length === 0) return;
  const rows = await findExisting(
    system,
    held.map(({ session }) => session.id),
  );
  const existing = new Map(rows.map(({ id, subscriptions }) => [id, subscriptions]));
  for (const { session, take } of held) {
    const subscriptions = existing.get(session.id);
    if (subscriptions) take?.(subscriptions);
    else await session.close();
  }
}

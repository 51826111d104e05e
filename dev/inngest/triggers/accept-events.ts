import type { InternalEvent, Work } from "../executor/work";
import { admit } from "../flow-control/admit";
import { insertEvents, type AcceptedEvent } from "../store/events";
import { isAwaited } from "../store/waits";
import { createUlid } from "../ulid";
import { cancelRuns } from "./cancel-runs";
import { matchTriggers } from "./match-triggers";
import { resumeWaits } from "./resume-waits";
import { startRuns } from "./start-runs";

/** Store events with everything they set off: cancelled runs, ended waits, started runs. All or nothing. */
export async function acceptEvents(work: Work, events: readonly AcceptedEvent[]): Promise<void> {
  const isNew = await insertEvents(work.tx, events);
  const fresh = events.filter(({ internalId }) => isNew.delete(internalId));
  if (fresh.length > 0) await actOn(work, fresh);
}

/** The same for events of the engine itself, which are stored only when they start something. */
export async function acceptInternalEvents(work: Work, events: readonly InternalEvent[]): Promise<void> {
  const accepted = events.map(({ name, data }) => {
    const internalId = createUlid();
    return { internalId, event: { id: internalId, name, data, ts: Date.now() } };
  });
  const starting = new Set(
    matchTriggers(await work.functions, accepted).map((candidate) => candidate.accepted),
  );
  if (starting.size > 0) await insertEvents(work.tx, [...starting]);
  await actOn(work, accepted);
}

async function actOn(work: Work, events: readonly AcceptedEvent[]): Promise<void> {
  if (await isAwaited(work.tx, [...new Set(events.map(({ event }) => event.name))])) {
    await cancelRuns(work, events);
    await resumeWaits(work, events);
  }
  const admitted = await admit(work.tx, matchTriggers(await work.functions, events));
  await startRuns(
    work,
    admitted.map(({ config, accepted }) => ({ config, accepted: [accepted] })),
  );
}

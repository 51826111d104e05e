import { resolveStep } from "../executor/resolve-step";
import type { Work } from "../executor/work";
import { matchesExpression } from "../expressions";
import type { AcceptedEvent } from "../store/events";
import { readOpenWaits } from "../store/steps";
import type { EngineEvent } from "../types";

/** End waits (`step.waitForEvent`) that one of these events matches; the event itself becomes the step's result. */
export async function resumeWaits(work: Work, events: readonly AcceptedEvent[]): Promise<void> {
  const names = [...new Set(events.map(({ event }) => event.name))];
  for (const wait of await readOpenWaits(work.tx, names)) {
    const [original] = JSON.parse(wait.events) as EngineEvent[];
    const match = events.find(
      ({ event }) =>
        event.name === wait.eventName &&
        matchesExpression(wait.expression, { event: original, async: event }),
    );
    if (match) await resolveStep(work.tx, wait.runId, wait.stepId, match.event);
  }
}

import { finishRun } from "../executor/finish-run";
import type { Work } from "../executor/work";
import { matchesExpression } from "../expressions";
import type { AcceptedEvent } from "../store/events";
import { lockRun } from "../store/runs";
import { readCancellations } from "../store/waits";
import type { EngineEvent } from "../types";

/** Cancel runs whose `cancelOn` matches one of these events. A call in flight ends, its answer is dropped. */
export async function cancelRuns(work: Work, events: readonly AcceptedEvent[]): Promise<void> {
  const names = [...new Set(events.map(({ event }) => event.name))];
  for (const cancellation of await readCancellations(work.tx, names)) {
    const [original] = JSON.parse(cancellation.events) as EngineEvent[];
    const matches = events.some(
      ({ event }) =>
        event.name === cancellation.eventName &&
        matchesExpression(cancellation.expression, { event: original, async: event }),
    );
    const run = matches ? await lockRun(work.tx, cancellation.runId) : undefined;
    if (run && !run.endedAt) await finishRun(work, run, { status: "Cancelled" });
  }
}

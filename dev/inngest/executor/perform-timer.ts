import type { Engine } from "../engine";
import { takeCollected } from "../store/collect";
import { untilConnected } from "../store/database";
import type { AcceptedEvent } from "../store/events";
import { finishItem, type QueueItem } from "../store/queue";
import { lockRun, type Run } from "../store/runs";
import { fireCron } from "../triggers/cron";
import { startRuns } from "../triggers/start-runs";
import { finishRun } from "./finish-run";
import { inWork } from "./in-work";
import { resolveStep } from "./resolve-step";
import type { Work } from "./work";

/** Do what a leased timer stands for. */
export async function performTimer(engine: Engine, item: QueueItem): Promise<void> {
  await untilConnected(() => inWork(engine, (work) => fire(work, item)), engine.isClosing);
}

async function fire(work: Work, item: QueueItem): Promise<void> {
  if (item.kind === "cron") return fireCron(work, item);
  if (item.kind === "debounce" || item.kind === "batch") return startCollected(work, item);
  const run = item.runId === null ? undefined : await lockRun(work.tx, item.runId);
  if (!(await finishItem(work.tx, item)) || !run || run.endedAt) return;
  await endWait(work, run, item);
}

async function endWait(work: Work, run: Run, item: QueueItem): Promise<void> {
  const stepId = item.stepId ?? "";
  switch (item.kind) {
    case "sleep":
    case "wait-timeout":
      await resolveStep(work.tx, run.id, stepId, null);
      return;
    case "invoke-timeout": {
      const error = { name: "Error", message: "the invoked function did not finish in time" };
      await resolveStep(work.tx, run.id, stepId, { error });
      return;
    }
    case "deadline-start":
      if (run.status === "Queued") await finishRun(work, run, { status: "Cancelled" });
      return;
    default:
      await finishRun(work, run, { status: "Cancelled" });
  }
}

async function startCollected(work: Work, item: QueueItem): Promise<void> {
  const entries = await takeCollected(work.tx, item);
  const config = (await work.functions).active.find(({ id }) => id === item.functionId);
  if (!entries || !config) return;
  const accepted = entries.map((entry) => JSON.parse(entry) as AcceptedEvent);
  await startRuns(work, [{ config, accepted }]);
}

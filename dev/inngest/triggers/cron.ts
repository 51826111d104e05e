import { Cron } from "croner";
import { parseDurationMs } from "../duration";
import type { Work } from "../executor/work";
import type { Queryable } from "../store/database";
import type { FunctionSet } from "../store/functions";
import { takeKeys } from "../store/limits";
import { finishItem, type QueueItem } from "../store/queue";
import { moveCron, readCron, removeOtherCrons, addCron } from "../store/crons";
import { createUlid } from "../ulid";
import { startRuns } from "./start-runs";

/** Have every cron trigger's next tick in the queue, and none of triggers that are gone. */
export async function planCrons(tx: Queryable, functions: FunctionSet): Promise<void> {
  const keys: string[] = [];
  for (const config of functions.active) {
    for (const { cron } of config.triggers ?? []) {
      if (!cron) continue;
      const key = `cron:${config.id}:${cron}`;
      keys.push(key);
      const tick = nextTick(cron, new Date());
      if (tick) await addCron(tx, { key, functionId: config.id, cron, tick });
    }
  }
  await removeOtherCrons(tx, keys);
}

/**
 * Start the run of a tick and queue the next one, in one transaction. A tick missed while no engine ran is made up
 * once; the others in between are skipped.
 */
export async function fireCron(work: Work, item: QueueItem): Promise<void> {
  const due = await readCron(work.tx, item);
  if (!due) return;
  const config = (await work.functions).active.find(({ id }) => id === item.functionId);
  const trigger = config?.triggers?.find(({ cron }) => cron === due.cron);
  const next = trigger && nextTick(due.cron, new Date(Math.max(Date.now(), due.tick.getTime())));
  if (!config || !next) {
    await finishItem(work.tx, item);
    return;
  }
  await moveCron(work.tx, item, { cron: due.cron, tick: next });
  const id = due.tick.toISOString();
  if ((await takeKeys(work.tx, [`cron|${config.id}|${due.cron}|${id}`])).size === 0) return;
  const event = { id, name: "inngest/scheduled.timer", data: { cron: due.cron }, ts: due.tick.getTime() };
  const delayMs = trigger?.jitter ? Math.random() * parseDurationMs(trigger.jitter) : 0;
  await startRuns(work, [{ config, accepted: [{ internalId: createUlid(), event }], delayMs }]);
}

/** The first tick after a moment; `TZ=Europe/Paris 0 9 * * *` is reckoned in that zone, others in UTC. */
export function nextTick(expression: string, after: Date): Date | undefined {
  const zoned = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(expression.trim());
  const cron = new Cron(zoned?.[2] ?? expression, { timezone: zoned?.[1] ?? "UTC", paused: true });
  return cron.nextRun(after) ?? undefined;
}

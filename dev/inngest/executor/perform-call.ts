import type { Engine } from "../engine";
import { parseDurationMs } from "../duration";
import { isConnectionError, untilConnected } from "../store/database";
import { enqueue, finishItem, type QueueItem } from "../store/queue";
import { beginRun, readRun } from "../store/runs";
import { countPending, readMemo } from "../store/steps";
import { applyOutcome } from "./apply-outcome";
import { callApp, type Call } from "./call-app";
import { finishRun } from "./finish-run";
import { inWork } from "./in-work";
import type { Outcome } from "./outcome";

/** Call the app for one leased item and write the outcome, waiting for the database if it is away. */
export async function performCall(engine: Engine, item: QueueItem): Promise<void> {
  const call = await untilConnected(() => prepare(engine, item), engine.isClosing);
  if (!call) return;
  const begun = call.run.status === "Queued" ? begin(engine, call) : undefined;
  begun?.catch(() => {});
  const outcome = await callApp(engine, call);
  await begun?.catch(() => {});
  if (outcome.kind === "unreachable") {
    engine.log(`cannot reach the app of ${call.config.id}: ${outcome.reason}`);
    engine.syncSoon();
  }
  // The SDK's words for a function it does not serve; its registration is older than its code.
  if (outcome.kind === "failed" && /is the app synced correctly/.test(outcome.error.message))
    engine.syncSoon();
  const write = (result: Outcome): Promise<void> =>
    untilConnected(
      () => inWork(engine, (work) => applyOutcome(engine, work, call, result)),
      engine.isClosing,
    );
  await write(outcome).catch((error: unknown) => {
    if (isConnectionError(error)) throw error;
    // An answer that cannot be carried out ends its run; left in the queue it would come back for ever.
    const message = `the local engine cannot carry out the answer: ${error instanceof Error ? error.message : "?"}`;
    return write({ kind: "failed", error: { name: "Error", message }, retriable: false });
  });
}

/** Mark the run as begun; done beside the first call, which need not wait for it. */
async function begin(engine: Engine, { run, config }: Call): Promise<void> {
  await beginRun(engine.pool, run.id);
  const limit = config.timeouts?.finish;
  if (!limit) return;
  const uniqueKey = `deadline:${run.id}`;
  await enqueue(engine.pool, {
    kind: "deadline-finish",
    runId: run.id,
    delayMs: parseDurationMs(limit),
    uniqueKey,
  });
}

async function prepare(engine: Engine, item: QueueItem): Promise<Call | undefined> {
  const runId = item.runId ?? "";
  const [run, memo, pending, functions] = await Promise.all([
    readRun(engine.pool, runId),
    readMemo(engine.pool, runId),
    countPending(engine.pool, runId),
    engine.functions(engine.pool),
  ]);
  const config = run && functions.byId.get(run.functionId);
  if (!run || run.endedAt || !config) {
    await inWork(engine, async (work) => {
      const gone = { name: "Error", message: "the function is not registered" };
      if (run && !run.endedAt) await finishRun(work, run, { status: "Failed", error: gone });
      await finishItem(work.tx, item);
    });
    return undefined;
  }
  return { run, config, item, memo, othersOpen: pending.open > 0 };
}

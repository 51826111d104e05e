import { canonicalJson } from "../canonical-json";
import type { Engine } from "../engine";
import type { QueueItem } from "../store/queue";
import type { Run } from "../store/runs";
import type { FunctionConfig } from "../types";
import { createUlid } from "../ulid";
import { interpretAnswer } from "./interpret-answer";
import { maxAttempts } from "./max-attempts";
import type { Outcome } from "./outcome";
import { sendJson } from "./send-json";

/** Everything one call says about its run. */
export interface Call {
  run: Run;
  config: FunctionConfig;
  item: QueueItem;
  /** Resolved steps in the order they were resolved. */
  memo: readonly { stepId: string; memo: string }[];
  /** Other steps of the run are still open. */
  othersOpen: boolean;
}

/** The longest step Inngest allows. */
const STEP_TIMEOUT_MS = 2 * 3_600_000;

/** Call the app's handler for one item of the queue and read its answer. */
export async function callApp(engine: Engine, call: Call): Promise<Outcome> {
  const body = canonicalJson(buildBody(call));
  const headers: Record<string, string> = {
    "user-agent": "local-inngest",
    "x-run-id": call.run.id,
    "x-request-id": createUlid(),
    "x-inngest-req-version": "-1",
    ...(engine.signer
      ? { "x-inngest-signature": engine.signer.sign(body) }
      : { "x-inngest-server-kind": "dev" }),
  };
  try {
    const answer = await sendJson("POST", targetUrl(call), { body, headers, timeoutMs: STEP_TIMEOUT_MS });
    const signature = answer.headers["x-inngest-signature"];
    if (engine.signer && answer.status < 300 && !engine.signer.verify(answer.body, String(signature ?? ""))) {
      const error = {
        name: "Error",
        message: "the app's answer carries no valid signature; do both sides have one key?",
      };
      return { kind: "failed", error, retriable: true };
    }
    return interpretAnswer(answer);
  } catch (error) {
    return {
      kind: "unreachable",
      reason: error instanceof Error ? error.message || error.name : String(error),
    };
  }
}

function targetUrl({ config, item }: Call): string {
  const url = new URL(Object.values(config.steps)[0]?.runtime.url ?? "");
  url.searchParams.set("stepId", item.stepId ?? "step");
  return url.href;
}

function buildBody({ run, config, item, memo, othersOpen }: Call): Record<string, unknown> {
  return {
    version: -1,
    event: run.events[0] ?? {},
    events: run.events,
    steps: Object.fromEntries(memo.map((step) => [step.stepId, JSON.parse(step.memo) as unknown])),
    use_api: false,
    ctx: {
      run_id: run.id,
      // No fn_id: with it the SDK would report steps to a checkpoint API (`shouldAsyncCheckpoint`).
      attempt: item.attempt,
      max_attempts: maxAttempts(config),
      // While other steps are open two calls could run the same new step, so it may only be planned.
      disable_immediate_execution: othersOpen || item.stepId !== "step",
      use_api: false,
      stack: { stack: memo.map((step) => step.stepId), current: memo.length },
    },
  };
}

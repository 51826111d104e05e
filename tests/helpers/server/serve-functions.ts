import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { createFunctions } from "#server/functions/index";
import type { SystemContext } from "#server/utils/context";

/** An event as Inngest hands it to a function. */
export interface HandedEvent {
  readonly id?: string;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** What a function answered to Inngest. */
export interface FunctionAnswer {
  readonly status: number;
  /** As Inngest stores it. */
  readonly text: string;
}

export interface ServedFunctions {
  /** The ids of every function, without the app's. */
  readonly ids: readonly string[];
  /** Those that an event triggers; those with a cron for `inngest/scheduled.timer`. */
  triggeredBy(eventName: string): string[];
  /** Calls a function as Inngest does, over the same handler. */
  run(functionId: string, event: HandedEvent, runId?: string): Promise<FunctionAnswer>;
}

/** Serves the server's functions in this process. */
export function serveFunctions(ctx: SystemContext): ServedFunctions {
  const inngest = new Inngest({ id: "wamcp", isDev: true, checkpointing: false, logger: SILENT });
  const functions = createFunctions(inngest, ctx);
  const handle = serve({ client: inngest, functions });
  const idOf = (served: (typeof functions)[number]): string => served.id();
  const triggersOf = (served: (typeof functions)[number]): string =>
    JSON.stringify((served.opts as { triggers?: unknown }).triggers ?? []);
  return {
    ids: functions.map(idOf),
    triggeredBy: (eventName) =>
      functions
        .filter((served) =>
          triggersOf(served).includes(eventName === "inngest/scheduled.timer" ? '"cron"' : `"${eventName}"`),
        )
        .map(idOf),
    async run(functionId, event, runId = "01JRUN") {
      const handed = { id: "01JEVENT", ts: 0, ...event };
      const ctxOf = {
        run_id: runId,
        attempt: 0,
        max_attempts: 10,
        stack: { stack: [], current: 0 },
        use_api: false,
      };
      const response = await handle(
        new Request(`http://localhost/api/inngest?fnId=wamcp-${functionId}&stepId=step`, {
          method: "POST",
          headers: { host: "localhost", "content-type": "application/json", "x-inngest-req-version": "2" },
          body: JSON.stringify({
            version: -1,
            event: handed,
            events: [handed],
            steps: {},
            ctx: ctxOf,
            use_api: false,
          }),
        }),
      );
      return { status: response.status, text: await response.text() };
    },
  };
}

const nothing = (): void => {};
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

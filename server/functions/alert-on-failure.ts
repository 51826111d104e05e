import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";

/** Says in the log that a function failed for good. The sweep still comes back to what it left. */
export const createAlertOnFailure = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    { id: "alert-on-failure", retries: 3, triggers: [{ event: "inngest/function.failed" }] },
    async ({ event }) => {
      const { function_id: functionId, run_id: runId } = event.data as {
        function_id?: string;
        run_id?: string;
      };
      ctx.log.error("a function failed for good:", functionId, "run", runId);
      return { function_id: functionId ?? null };
    },
  );

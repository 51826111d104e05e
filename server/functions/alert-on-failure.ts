import type { Inngest } from "inngest";
import * as v from "valibot";
import { deliverAlert, type AlertReport } from "#server/utils/alerts/deliver-alert";
import type { SystemContext } from "#server/utils/context";
import { carryOut } from "./carry-out";
import { alertRaised } from "./events";

const ID = "alert-on-failure";

// What carryOut throws is an error code of ours; anything else may be words.
const FailureSchema = v.object({
  function_id: v.optional(v.string()),
  run_id: v.optional(v.string()),
  error: v.optional(
    v.object({
      message: v.optional(v.fallback(v.pipe(v.string(), v.regex(/^[a-z_]{1,40}$/)), "unexpected")),
    }),
  ),
});

/**
 * Tells the owner that a function failed for good, or that a number needs a person. The sweep still comes back to what a
 * function left. Its own failure is only logged: an alert about it would fail for the same reason, for ever.
 */
export const createAlertOnFailure = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    { id: ID, retries: 10, triggers: [{ event: "inngest/function.failed" }, alertRaised] },
    ({ event }) =>
      carryOut(ctx.log, ID, async () => {
        const report = event.name === alertRaised.name ? readAlert(event.data) : readFailure(event.data);
        if (report.functionId?.endsWith(ID)) {
          ctx.log.error("alerts are not delivered; run", report.runId);
          return { kind: report.kind, is_posted: false };
        }
        return { kind: report.kind, is_posted: await deliverAlert(ctx, report) };
      }),
  );

function readAlert(data: unknown): AlertReport {
  const alert = v.parse(alertRaised.schema, data);
  const { kind, phone_number_id: phoneNumberId, code, state, run_id: runId } = alert;
  return { kind, phoneNumberId, code, state, runId };
}

function readFailure(data: unknown): AlertReport {
  const failure = v.parse(FailureSchema, data);
  return {
    kind: "function_failed",
    functionId: failure.function_id,
    code: failure.error?.message,
    runId: failure.run_id,
  };
}

import type { SystemContext } from "../context";
import { AppError } from "../errors";

/** What the owner is told: ids and codes, no words, numbers or tokens. */
export interface AlertReport {
  readonly kind:
    | "number_paused"
    | "send_refused"
    | "function_failed"
    | "number_quality"
    | "number_status"
    | "number_health"
    | "storage";
  readonly functionId?: string | undefined;
  readonly phoneNumberId?: string | undefined;
  /** Meta's of a refusal, ours of a function. */
  readonly code?: number | string | undefined;
  /** Meta's word for how a number is now; the system's code for what is wrong with the disk. */
  readonly state?: string | undefined;
  /** Inngest's. */
  readonly runId?: string | undefined;
}

const TIMEOUT_MS = 10_000;

/**
 * Says in the log that the owner is needed, and posts it to ALERT_URL where that is set.
 *
 * @returns whether it was posted
 * @throws AppError `unavailable` when the receiver did not take it, so that Inngest tries again
 */
export async function deliverAlert(ctx: SystemContext, report: AlertReport): Promise<boolean> {
  const { kind, functionId, phoneNumberId, code, state, runId } = report;
  const body = { kind, function_id: functionId, phone_number_id: phoneNumberId, code, state, run_id: runId };
  const words = Object.entries(body).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  ctx.log.error("alert:", ...words);
  const { alertUrl } = ctx.config;
  if (!alertUrl) return false;
  const status = await post(alertUrl, JSON.stringify(body));
  if (status >= 200 && status < 300) return true;
  throw new AppError("unavailable", `The receiver of alerts answered ${status}.`);
}

async function post(url: string, body: string): Promise<number> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "wamcp/0.1" },
      body,
      // The address may hold a secret, which is for this receiver only.
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw new AppError("unavailable", "The receiver of alerts cannot be reached.", { cause: error });
  }
}

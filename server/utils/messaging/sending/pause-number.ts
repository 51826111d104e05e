import type { Transaction } from "#db/client";
import { raiseAlert } from "../../alerts/raise-alert";
import { recordAudit } from "../../audit/record-audit";
import { markPaused } from "./numbers/store";

export interface PauseReason {
  /** Meta's. */
  readonly code: number | undefined;
  /** Inngest's. */
  readonly runId?: string | undefined;
}

/**
 * Sends nothing more from a number until a person has mended it and resumed it. Whoever is first says so, once, in the
 * audit log and to the owner.
 *
 * @returns whether it was not paused before
 */
export async function pauseNumber(
  tx: Transaction,
  phoneNumberId: string,
  { code, runId }: PauseReason,
  now: Date,
): Promise<boolean> {
  if (!(await markPaused(tx, phoneNumberId, code ?? null, now))) return false;
  const run = runId ? { run_id: runId } : {};
  await recordAudit(tx, {
    at: now,
    actor: "system",
    action: "number.paused",
    outcome: "ok",
    phoneNumberId,
    ...(code === undefined ? {} : { errorCode: String(code) }),
    detail: run,
  });
  await raiseAlert(tx, { kind: "number_paused", phoneNumberId, code, runId }, now);
  return true;
}

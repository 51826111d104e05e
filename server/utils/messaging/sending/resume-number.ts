import type { Database } from "#db/client";
import { recordAudit } from "../../audit/record-audit";
import type { Clock } from "../../clock";
import { AppError } from "../../errors";
import { clearPause } from "./numbers/store";
import { wakeNumber } from "./wake-number";

export interface ResumeContext {
  readonly database: Database;
  readonly clock: Clock;
}

/**
 * Sends from a number again, once a person has mended what Meta complained about: everything that waited goes out, in each
 * conversation in its order. Safe to repeat: what a crash left asleep is woken by the second call, or by the sweep.
 *
 * @param phoneNumberId ours
 * @returns whether it was paused, and how many conversations were woken
 * @throws AppError `not_found`
 */
export async function resumeNumber(
  ctx: ResumeContext,
  phoneNumberId: string,
): Promise<{ readonly wasPaused: boolean; readonly woken: number }> {
  const pause = await ctx.database.asSystem(async (tx) => {
    const cleared = await clearPause(tx, phoneNumberId);
    if (!cleared?.wasPaused) return cleared;
    await recordAudit(tx, {
      at: ctx.clock.now(),
      actor: "admin",
      action: "number.resumed",
      outcome: "ok",
      phoneNumberId,
      detail: cleared.code === null ? {} : { paused_by: cleared.code },
    });
    return cleared;
  });
  if (!pause) {
    throw new AppError("not_found", "There is no such number.", { advice: "List the numbers." });
  }
  // Only after the commit: a claim that saw the number paused has put its wake-up by then, or sees it resumed.
  return { wasPaused: pause.wasPaused, woken: await wakeNumber(ctx, phoneNumberId) };
}

import { resumeNumber } from "../../messaging/sending/resume-number";
import type { AdminContext } from "../admin-context";
import { auditRefusal, type ActionTargets } from "../audit-refusal";
import { requireNumber } from "./require-number";

/** A number that sends again. */
export interface ResumedNumber {
  readonly id: string;
  readonly waPhoneNumberId: string;
  /** False when it was not paused. */
  readonly wasPaused: boolean;
  /** In how many conversations something waited that is sent now. */
  readonly woken: number;
}

/**
 * Sends from a paused number again, once what Meta complained about is mended.
 *
 * @param number Meta's id of it, or ours
 * @throws AppError `not_found`
 */
export async function resumePausedNumber(ctx: AdminContext, number: string): Promise<ResumedNumber> {
  const targets: ActionTargets = {};
  return auditRefusal(ctx, "number.resumed", targets, async () => {
    const { id, waPhoneNumberId } = await requireNumber(ctx.database.system, number);
    targets.phoneNumberId = id;
    return { id, waPhoneNumberId, ...(await resumeNumber(ctx, id)) };
  });
}

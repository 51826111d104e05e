import { wakeNumber } from "../../messaging/sending/wake-number";
import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { requireNumber } from "./require-number";
import { updateNumber } from "./store";

/** A number whose state was set. */
export interface NumberState {
  readonly id: string;
  readonly waPhoneNumberId: string;
  /** False when it was in this state before. */
  readonly changed: boolean;
  /** In how many conversations something waited that is sent now. */
  readonly woken: number;
}

/**
 * Disables a number, so that no client reads or writes through it any more, or enables it again, and sends what waited.
 *
 * @throws AppError `not_found`
 */
export async function setNumberState(
  ctx: AdminContext,
  input: { readonly number: string; readonly state: "disabled" | "enabled" },
): Promise<NumberState> {
  const done = await performAction(ctx, `number.${input.state}`, async (tx, targets) => {
    const { id, waPhoneNumberId, disabledAt } = await requireNumber(tx, input.number);
    targets.phoneNumberId = id;
    const changed = (disabledAt !== null) !== (input.state === "disabled");
    if (changed)
      await updateNumber(tx, id, { disabledAt: input.state === "disabled" ? ctx.clock.now() : null });
    return { id, waPhoneNumberId, changed };
  });
  // After the commit, or a claim would find the number disabled still. Safe to repeat.
  const woken = input.state === "enabled" ? await wakeNumber(ctx, done.id) : 0;
  return { ...done, woken };
}

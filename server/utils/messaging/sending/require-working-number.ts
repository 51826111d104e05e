import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { findPause } from "./recipients/store";

/**
 * Refuses to queue on a number that a person must mend first: it would pile up what nobody sends.
 *
 * @throws AppError `number_paused` with Meta's code
 */
export async function requireWorkingNumber(tx: Transaction, phoneNumberId: string): Promise<void> {
  const pause = await findPause(tx, phoneNumberId);
  if (!pause) return;
  throw new AppError("number_paused", "Nothing is sent from this number until its owner has mended it.", {
    advice: "Tell the owner of this server; later sends work again once the number is resumed.",
    details: { meta_code: pause.code },
  });
}

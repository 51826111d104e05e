import type { Transaction } from "#db/client";
import { AppError } from "../../../errors";
import { ERROR_ADVICE } from "../../../meta/error-advice";
import { listFittingTemplates } from "../../templates/list-fitting-templates";
import { readWindow } from "../../window";
import { readWindowFacts } from "../recipients/store";
import { describeClosedWindow } from "./describe-closed-window";

/**
 * Refuses what may only be sent within the 24-hour window once that is closed, before Meta is called.
 *
 * @throws AppError `window_closed`, with the templates that may be sent instead
 */
export async function requireOpenWindow(
  tx: Transaction,
  { conversationId, phoneNumberId }: { readonly conversationId: string; readonly phoneNumberId: string },
  now: Date,
): Promise<void> {
  const facts = await readWindowFacts(tx, conversationId);
  const window = readWindow(facts, now);
  if (window.open) return;
  throw new AppError("window_closed", describeClosedWindow(facts, now), {
    advice: ERROR_ADVICE.window,
    details: { window, templates: await listFittingTemplates(tx, phoneNumberId) },
  });
}

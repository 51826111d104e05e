import type { Transaction } from "#db/client";
import type { DeadLetter } from "../../inbox/dead-letter";
import type { AdminContext } from "../admin-context";
import { bodyNotFound } from "./body-not-found";
import { isId } from "../is-id";
import { performAction } from "../perform-action";
import { readDeadLetters } from "./read-dead-letters";
import { findInboxBody } from "./store";

export interface ShownBody {
  readonly id: string;
  readonly state: string;
  readonly receivedAt: Date;
  readonly processedAt: Date | null;
  readonly attempts: number;
  /** What could not be handled, and why. */
  readonly deadLetters: readonly DeadLetter[];
  readonly omitted: number;
  /** What Meta sent, byte for byte read as UTF-8: people's words and numbers. Only when it was asked for. */
  readonly body?: string;
}

/**
 * One webhook body and what could not be handled of it. That somebody read people's words goes on record.
 *
 * @throws AppError `not_found`
 */
export async function showDeadLetter(
  ctx: AdminContext,
  input: { readonly id: string; readonly withBody?: boolean },
): Promise<ShownBody> {
  const withBody = input.withBody ?? false;
  const read = async (tx: Transaction): Promise<ShownBody> => {
    const found = isId(input.id) ? await findInboxBody(tx, input.id, withBody) : undefined;
    if (!found) throw bodyNotFound();
    const { body, error, ...row } = found;
    return { ...row, ...readDeadLetters(error), ...(body ? { body: body.toString("utf8") } : {}) };
  };
  if (!withBody) return read(ctx.database.system);
  return performAction(ctx, "inbox.shown", async (tx, targets) => {
    const shown = await read(tx);
    targets.detail = { inbox_id: shown.id };
    return shown;
  });
}

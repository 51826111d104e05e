import type { AdminContext } from "../admin-context";
import { readDeadLetters } from "./read-dead-letters";
import { selectDeadLetters } from "./store";

/** A webhook body of which something could not be handled. */
export interface DeadLetterSummary {
  readonly id: string;
  readonly receivedAt: Date;
  readonly processedAt: Date | null;
  /** How many of its elements. */
  readonly count: number;
  /** Why, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

export interface ListDeadLettersInput {
  /** Older than this body. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** The bodies that need somebody's eyes, the newest first. Says nothing of what is in them. */
export async function listDeadLetters(
  ctx: AdminContext,
  { beforeId, limit }: ListDeadLettersInput,
): Promise<DeadLetterSummary[]> {
  const rows = await selectDeadLetters(ctx.database.system, beforeId, limit);
  return rows.map(({ id, receivedAt, processedAt, error }) => {
    const { deadLetters, omitted } = readDeadLetters(error);
    const counts = new Map<string, number>();
    for (const { reason } of deadLetters) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const reasons = [...counts]
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((a, b) => b.count - a.count);
    return { id, receivedAt, processedAt, count: deadLetters.length + omitted, reasons };
  });
}

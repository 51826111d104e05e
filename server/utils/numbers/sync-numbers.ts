import { isDeepStrictEqual } from "node:util";
import { raiseAlert } from "../alerts/raise-alert";
import type { SystemContext } from "../context";
import { AppError } from "../errors";
import { fetchNumberHealth, type NumberHealth } from "../meta/fetch-number-health";
import { findTurns } from "./find-turns";
import { listWorkingNumbers, lockHealth, writeHealth, type WorkingNumber } from "./store";

/** How many numbers ended how. */
export interface SyncedNumbers {
  readonly synced: number;
  readonly refused: number;
}

/**
 * Asks Meta how the numbers are, and has the owner told of each turn for the worse, once. One number that fails does not keep
 * the others from being asked.
 *
 * @param wabaId only those of this account
 * @throws AppError `unavailable` when Meta did not answer for one of them
 */
export async function syncNumbers(ctx: SystemContext, wabaId?: string): Promise<SyncedNumbers> {
  const door = { ...ctx.config.graph, accessToken: ctx.config.meta.accessToken };
  const ended = { synced: 0, refused: 0, failed: 0 };
  for (const number of await listWorkingNumbers(ctx.database.system, wabaId)) {
    const answer = await fetchNumberHealth(door, number.waPhoneNumberId);
    if (answer.kind === "told") {
      await keepHealth(ctx, number, answer.health);
      ended.synced += 1;
    } else if (answer.kind === "refused") {
      ctx.log.warn("Meta does not tell how a number is; code", answer.code, "number", number.id);
      ended.refused += 1;
    } else ended.failed += 1;
  }
  ctx.wakeRelay();
  const { failed, ...rest } = ended;
  if (failed > 0) throw new AppError("unavailable", `Meta did not tell of ${failed} numbers how they are.`);
  return rest;
}

async function keepHealth(ctx: SystemContext, { id }: WorkingNumber, told: NumberHealth): Promise<void> {
  const now = ctx.clock.now();
  await ctx.database.asSystem(async (tx) => {
    const before = await lockHealth(tx, id);
    if (!before) return;
    // What Meta did not say is as it was.
    const changed = Object.fromEntries(
      Object.entries(told).filter(
        ([name, value]) => value !== null && !isDeepStrictEqual(value, before[name as keyof NumberHealth]),
      ),
    ) as Partial<NumberHealth>;
    await writeHealth(tx, id, changed, now);
    for (const turn of findTurns(before, told)) {
      const code = turn.kind === "number_health" ? told.health?.errorCodes[0] : undefined;
      await raiseAlert(tx, { ...turn, phoneNumberId: id, code }, now);
    }
  });
}

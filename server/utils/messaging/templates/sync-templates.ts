import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import { fetchTemplates } from "../../meta/fetch-templates";
import { isAccount, listAccounts, replaceTemplates } from "./store";

const RETRY_AFTER_SECONDS = 300;

/** What a sync did, in counts. */
export interface TemplateSync {
  readonly accounts: number;
  readonly stored: number;
  readonly removed: number;
}

/**
 * Stores the templates of an account, or of all, as Meta has them. Safe to run again at any time.
 *
 * @throws AppError `unavailable` when Meta did not answer for one of them, after the others were done
 */
export async function syncTemplates(ctx: SystemContext, wabaId?: string): Promise<TemplateSync> {
  const accounts = await findAccounts(ctx, wabaId);
  const total = { accounts: accounts.length, stored: 0, removed: 0 };
  let failures = 0;
  for (const account of accounts) {
    const { graph, meta } = ctx.config;
    // Before Meta is asked: what a later sync stored is newer than this answer.
    const now = ctx.clock.now();
    const found = await fetchTemplates({ ...graph, accessToken: meta.accessToken, wabaId: account });
    if ("reason" in found) {
      failures += 1;
      ctx.log.warn("templates were not synced:", found.reason);
      continue;
    }
    const { stored, removed } = await ctx.database.asSystem((tx) =>
      replaceTemplates(tx, account, found, now),
    );
    total.stored += stored;
    total.removed += removed;
  }
  if (failures === 0) return total;
  throw new AppError("unavailable", "Meta did not list the templates.", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

async function findAccounts(ctx: SystemContext, wabaId: string | undefined): Promise<string[]> {
  const { system } = ctx.database;
  if (wabaId === undefined) return listAccounts(system);
  return (await isAccount(system, wabaId)) ? [wabaId] : [];
}

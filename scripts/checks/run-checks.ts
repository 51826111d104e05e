import { withTimeout } from "#server/utils/with-timeout";
import type { Check } from "./check";
import type { Finding } from "./finding";

/** A finding and whose it is. */
export interface CheckResult extends Finding {
  readonly id: string;
  readonly title: string;
  readonly tookMs: number;
}

const CHECK_TIMEOUT_MS = 5_000;

interface Settled {
  readonly result: CheckResult;
  /** Whether what needs this check is passed over. */
  readonly blocks: boolean;
}

/** Runs all checks, each as soon as those that it needs are done, and none for longer than it may take. */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  ctx: Context,
): Promise<CheckResult[]> {
  const settled = new Map<string, Promise<Settled>>();
  for (const check of checks) {
    // A check stands behind those that it needs.
    const needs = check.needs.map((id) => settled.get(id)).filter((need) => need !== undefined);
    if (needs.length < check.needs.length) throw new Error(`${check.id} stands before what it needs`);
    settled.set(check.id, settle(check, ctx, needs));
  }
  return (await Promise.all(settled.values())).map(({ result }) => result);
}

async function settle<Context>(
  check: Check<Context>,
  ctx: Context,
  needs: readonly Promise<Settled>[],
): Promise<Settled> {
  const blocking = (await Promise.all(needs)).find(({ blocks }) => blocks);
  const startedMs = performance.now();
  const finding = blocking ? passOver(blocking.result) : await examine(check, ctx);
  const { id, title } = check;
  const result = { id, title, ...finding, tookMs: Math.round(performance.now() - startedMs) };
  return { result, blocks: finding.status === "failed" || blocking !== undefined };
}

function passOver({ id }: CheckResult): Finding {
  return { status: "skipped", says: `Says nothing while "${id}" is not mended.` };
}

async function examine<Context>(check: Check<Context>, ctx: Context): Promise<Finding> {
  try {
    return await withTimeout(check.run(ctx), check.timeoutMs ?? CHECK_TIMEOUT_MS, check.id);
  } catch (error) {
    // Words of errors may hold addresses, queries and values.
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return {
      status: "failed",
      says: `The check itself did not come to an end${code}.`,
      mend: "Run it again. When it stays so, look at the log of what it asks.",
    };
  }
}

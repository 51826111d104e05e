import { until } from "#dev/stack/until";
import { countLeftovers } from "../oracle/count-leftovers";
import type { Stage } from "../stage/open-stage";
import type { Ledger } from "./ledger";
import { phoneOf } from "./phone-of";

/** Zero at all times: waiting would not help. */
const NOT_WAITED_FOR = new Set(["dead letters", "parked reports"]);
const WRITE_EVERY_MS = 300;

/**
 * Waits until nothing is on its way any more. When somebody keeps writing, silence about a send can become evidence.
 * Resolves in any case, with what was still open when the time was over.
 */
export async function untilSettled(
  stage: Stage,
  ledger: Ledger,
  options: { readonly timeoutMs: number; readonly isSomebodyWriting: boolean },
): Promise<Record<string, number>> {
  let open: Record<string, number> = {};
  let nextWriteMs = 0;
  try {
    await until("everything to settle", options.timeoutMs, async () => {
      open = { "nobody could ask": 1 };
      open = await countOpen(stage);
      if (Object.keys(open).length === 0) return true;
      if (options.isSomebodyWriting && performance.now() >= nextWriteMs && isAboutSends(open)) {
        nextWriteMs = performance.now() + WRITE_EVERY_MS;
        await writeMeanwhile(stage, ledger);
      }
      return undefined;
    });
  } catch {
    // What is open says it better than the time that has passed.
  }
  return open;
}

async function countOpen({ sql, phones }: Stage): Promise<Record<string, number>> {
  const { counts } = await phones.state();
  const open = { ...(await countLeftovers(sql)), "webhooks on their way": counts.webhooks_pending };
  return Object.fromEntries(Object.entries(open).filter(([name, n]) => n !== 0 && !NOT_WAITED_FOR.has(name)));
}

// Otherwise this very message would keep everything open for ever.
function isAboutSends(open: Readonly<Record<string, number>>): boolean {
  return "unfinished sends" in open || "undelivered sends" in open;
}

async function writeMeanwhile({ phones }: Stage, ledger: Ledger): Promise<void> {
  const body = `meanwhile ${ledger.received.size}`;
  const { wamid } = await phones.sendFromPerson(phoneOf(0), { type: "text", text: { body } });
  ledger.received.set(wamid, body);
}

import type { Engine } from "../engine";
import { transact } from "../store/database";
import { acceptInternalEvents } from "../triggers/accept-events";
import type { Work } from "./work";

/**
 * Do one unit of work in one transaction, together with everything the events emitted by it set off, and wake the
 * queue afterwards.
 */
export async function inWork<T>(engine: Engine, perform: (work: Work) => Promise<T>): Promise<T> {
  const result = await transact(engine.pool, async (tx) => {
    const work: Work = { tx, functions: engine.functions(tx), emitted: [] };
    // Awaited by whoever needs it; an unused rejection must not end the process.
    work.functions.catch(() => {});
    const value = await perform(work);
    while (work.emitted.length > 0) await acceptInternalEvents(work, work.emitted.splice(0));
    return value;
  });
  engine.wake();
  return result;
}

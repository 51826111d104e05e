import { describeDrain } from "./drain/describe-drain";
import type { DrainPlan } from "./drain/drain-plan";
import { openDrainStack, type DrainStack } from "./drain/open-drain-stack";
import { queueMessages } from "./drain/queue-messages";
import { watchDrain } from "./drain/watch-drain";

const PLAN = {
  messages: 10_000,
  sendsPerSecond: 80,
  clients: 6,
  windowMs: 10_000,
  timeoutMs: 350_000,
};

/** Left for what was queued last. */
const REST_MS = 30_000;

/** To many people, so that Meta's limit per person is far; and to a few, without it, where order has to hold under pressure. */
const VARIANTS = [
  { people: 1_000, pairRate: true },
  { people: 10, pairRate: false },
];

/**
 * Queues messages through the tool while they are sent, by a server that is held to Meta's limit for a number, and reports
 * how fast they arrived, and whether each did so once and in order. Opens a stack of its own for each variant.
 *
 * @param changes to both variants; `people` and `pairRate` together choose one of one's own
 */
export async function measureDrain(changes: Partial<DrainPlan> = {}): Promise<string[]> {
  const lines: string[] = [];
  const variants = changes.people === undefined ? VARIANTS : [{ people: changes.people, pairRate: false }];
  for (const variant of variants) {
    const plan: DrainPlan = { ...PLAN, ...variant, ...changes };
    const stack = await openDrainStack(plan);
    try {
      lines.push(...(await drainOnce(stack, plan)));
    } finally {
      await stack.stop();
    }
  }
  return lines;
}

async function drainOnce(stack: DrainStack, plan: DrainPlan): Promise<string[]> {
  const watch = await watchDrain(stack, plan);
  try {
    const deadline = Date.now() + plan.timeoutMs;
    const queued = await queueMessages(stack, plan, deadline - REST_MS);
    const totals = await watch.untilDelivered(queued.ids.size, deadline);
    await watch.close();
    return describeDrain({
      plan,
      queued,
      totals,
      samples: watch.samples,
      report: await stack.phones.arrivals(),
    });
  } finally {
    await watch.close();
  }
}

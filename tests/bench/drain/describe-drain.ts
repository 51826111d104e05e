import type { ArrivalsReport } from "#simulator/control/control-types";
import { checkArrivals } from "./check-arrivals";
import { describeCost } from "./describe-cost";
import { describeWindows } from "./describe-windows";
import type { DrainPlan } from "./drain-plan";
import type { Queued } from "./queue-messages";
import type { Sample, Totals } from "./watch-drain";

/** All that is known of one drain. */
export interface Drain {
  readonly plan: DrainPlan;
  readonly queued: Queued;
  readonly totals: Totals;
  readonly samples: readonly Sample[];
  readonly report: ArrivalsReport;
}

/** Says how it went: the counts, the rates, and the table. */
export function describeDrain({ plan, queued, totals, samples, report }: Drain): string[] {
  const { ids, repeats, wrongRepeats, beganAt, endedAt } = queued;
  const check = checkArrivals(report, queued, plan);
  const arrivedAt = report.messages.map(({ at }) => at).toSorted((a, b) => a - b);
  const deliveredAt = Math.max(...report.messages.map(({ at, history }) => history.delivered ?? at));
  const callsPerSecond = (ids.size + repeats) / ((endedAt - beganAt) / 1000);
  const pairLimit = plan.pairRate ? "on" : "off";
  return [
    `${plan.messages} messages to ${plan.people} people, at most ${plan.sendsPerSecond}/s, limit per person ${pairLimit}, ${plan.clients} clients`,
    `  queued ${ids.size} of ${plan.messages} in ${inSeconds(endedAt - beganAt)}: ${callsPerSecond.toFixed(1)} calls/s; ${repeats} calls made twice, ${wrongRepeats} of them answered with another message`,
    `  arrived ${check.arrived}, missing ${check.missing}, doubled ${check.doubled}, never queued ${check.strange}; delivered by what the server knows ${totals.delivered}`,
    `  in order without a gap: ${check.inOrder} of ${check.people} people`,
    `  sustained between 5 % and 95 %: ${describeRate(arrivedAt)}; most within a second: ${countMostWithin(arrivedAt, 1_000)}`,
    `  after the last was queued: ${describeRest(arrivedAt, endedAt)}; the last delivery ${inSeconds(deliveredAt - endedAt)} after it`,
    `  attempts ${totals.attempts}, refused with 130429: ${totals.throughputRefusals}, with 131056: ${totals.pairRefusals}; runs of send-message: ${totals.runs}`,
    `  processor time per message: ${describeCost(samples, check.arrived)}`,
    ...describeWindows(samples, queued.answeredAt, arrivedAt).map((line) => `  ${line}`),
  ];
}

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The messages between both points over the time between them, for sorted times. */
function describeRate(sorted: readonly number[]): string {
  const from = Math.floor(sorted.length * 0.05);
  const to = Math.ceil(sorted.length * 0.95) - 1;
  const seconds = ((sorted[to] ?? Number.NaN) - (sorted[from] ?? Number.NaN)) / 1000;
  return `${((to - from) / seconds).toFixed(2)}/s`;
}

function describeRest(sorted: readonly number[], since: number): string {
  const rest = sorted.filter((at) => at > since);
  const seconds = ((rest.at(-1) ?? since) - since) / 1000;
  return rest.length === 0
    ? "none was left"
    : `${rest.length} arrived at ${(rest.length / seconds).toFixed(1)}/s on average`;
}

/** The largest number of times in any span of that length. */
function countMostWithin(sorted: readonly number[], spanMs: number): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= spanMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

import { PARTIES } from "./read-cpu";
import type { Sample } from "./watch-drain";

/**
 * One line per window: rates, what waits where at its end, and how much of one core each party had. "throttled" are
 * held to the limit; "due" are not, and grow when the engine or the server is too slow; "behind" wait for another message of their
 * conversation; "in flight" are under way.
 */
export function describeWindows(
  samples: readonly Sample[],
  queuedAt: readonly number[],
  arrivedAt: readonly number[],
): string[] {
  const heads = ["until", "queued/s", "arrived/s", "outbox", "throttled", "due", "behind", "in flight"];
  const lines = [[...heads, ...PARTIES.map((party) => `${party} %`)]];
  const beganAt = samples[0]?.at ?? 0;
  for (const [index, sample] of samples.entries()) {
    const last = samples[index - 1];
    if (!last) continue;
    const lengthMs = Math.max(1, sample.at - last.at);
    const rate = (times: readonly number[]): string =>
      (times.filter((at) => at > last.at && at <= sample.at).length / (lengthMs / 1000)).toFixed(1);
    lines.push([
      `${((sample.at - beganAt) / 1000).toFixed(0)} s`,
      rate(queuedAt),
      rate(arrivedAt),
      ...[sample.outbox, sample.throttled, sample.due, sample.behind, sample.inFlight].map(String),
      ...PARTIES.map((party) => ((100 * (sample.cpu[party] - last.cpu[party])) / lengthMs).toFixed(0)),
    ]);
  }
  return lines.map((cells) => cells.map((cell, column) => cell.padStart(widthOf(lines, column))).join("  "));
}

function widthOf(lines: readonly (readonly string[])[], column: number): number {
  return Math.max(...lines.map((cells) => cells[column]?.length ?? 0));
}

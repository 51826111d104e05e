import type { Asked } from "./create-asker";

const RUNS = 15;

/** How much longer the one question takes than the other, by their medians: only to be looked at, for time proves nothing here. */
export async function compareTimes(
  foreign: () => Promise<Asked>,
  missing: () => Promise<Asked>,
): Promise<{ readonly foreignMs: number; readonly missingMs: number; readonly ratio: number }> {
  const [left, right]: [number[], number[]] = [[], []];
  // In turns, so that whatever else the machine does hits both.
  for (let run = 0; run < RUNS; run += 1) {
    left.push((await foreign()).ms);
    right.push((await missing()).ms);
  }
  const [foreignMs, missingMs] = [medianOf(left), medianOf(right)];
  return { foreignMs, missingMs, ratio: foreignMs / missingMs };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pairPacing } from "#server/utils/messaging/sending/pair-pacing";

const START = Date.UTC(2026, 10, 1);
const at = (ms: number): Date => new Date(START + ms);

/** When attempts that are wanted at these times (ms after the start, ascending) begin. */
function pace(wanted: readonly number[]): number[] {
  let pacedUntil: Date | null = null;
  const begun: number[] = [];
  for (const want of wanted) {
    const mayBegin = (pairPacing.nextAt(pacedUntil)?.getTime() ?? START) - START;
    const begin = Math.max(want, mayBegin, begun.at(-1) ?? 0);
    pacedUntil = pairPacing.afterAttempt(pacedUntil, at(begin));
    begun.push(begin);
  }
  return begun;
}

describe("pairPacing", () => {
  it("lets 45 go at once and then one in six seconds", () => {
    const begun = pace(Array.from({ length: 50 }, () => 0));
    expect(begun.slice(0, 45)).toEqual(Array.from({ length: 45 }, () => 0));
    expect(begun.slice(45)).toEqual([6_000, 12_000, 18_000, 24_000, 30_000]);
  });

  it("gives back one in six seconds while nothing is sent, and never more than 45", () => {
    const full = Array.from({ length: 45 }, () => 0);
    expect(pace([...full, 60_000, 60_000]).slice(45)).toEqual([60_000, 60_000]);
    const afterLong = pace([...full, ...Array.from({ length: 46 }, () => 3_600_000)]).slice(45);
    expect(afterLong.filter((ms) => ms === 3_600_000)).toHaveLength(45);
    expect(afterLong.at(-1)).toBe(3_606_000);
  });

  it("does not hold up one that writes every six seconds, for however long", () => {
    const wanted = Array.from({ length: 2_000 }, (_, index) => index * 6_000);
    expect(pace(wanted)).toEqual(wanted);
  });

  it("never lets more begin in any stretch than 45 and one per six seconds of it, whatever is wanted", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 12_000 }), { minLength: 1, maxLength: 150 });
    fc.assert(
      fc.property(gaps, (list) => {
        let now = 0;
        const begun = pace(list.map((gap) => (now += gap)));
        // What goes beyond one per six seconds, in the worst stretch; an assertion for each would take seconds.
        let burst = 0;
        for (const [first, from] of begun.entries()) {
          for (const [last, to] of begun.entries()) {
            if (last < first) continue;
            burst = Math.max(burst, last - first + 1 - Math.floor((to - from) / 6_000));
          }
        }
        expect(burst).toBeLessThanOrEqual(45);
      }),
      { numRuns: 50 },
    );
  });

  it("lets nothing go before the time that follows from a refusal, and one in six seconds after it", () => {
    const refused = pairPacing.afterRefusal(null, at(4_000));
    expect(pairPacing.nextAt(refused)).toEqual(at(4_000));
    const next = pairPacing.afterAttempt(refused, at(4_000));
    expect(pairPacing.nextAt(next)).toEqual(at(10_000));
  });

  it("forgets no debt over a refusal", () => {
    const indebted = at(1_000_000);
    expect(pairPacing.afterRefusal(indebted, at(1_000))).toEqual(indebted);
  });
});

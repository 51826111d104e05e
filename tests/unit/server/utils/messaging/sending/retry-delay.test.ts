import { afterEach, describe, expect, it, vi } from "vitest";
import { retryDelayMs } from "#server/utils/messaging/sending/retry-delay";
import type { SendError } from "#server/utils/meta/send-outcome";

afterEach(() => void vi.restoreAllMocks());

const errorOf = (change: Partial<SendError>): SendError => ({ reason: "words", ...change });

/** The delays of the first attempts, with chance in the middle of its range. */
function delaysOf(change: Partial<SendError>, attempts: number): number[] {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  return Array.from({ length: attempts }, (_, index) => retryDelayMs(errorOf(change), index + 1));
}

describe("retryDelayMs", () => {
  it("doubles from half a second to a quarter of a minute when the connection failed", () => {
    expect(delaysOf({}, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(delaysOf({ code: 130429 }, 2)).toEqual([500, 1_000]);
  });

  it("waits 4^X seconds for one recipient, as Meta asks", () => {
    expect(delaysOf({ code: 131056 }, 6)).toEqual([1_000, 4_000, 16_000, 64_000, 256_000, 256_000]);
  });

  it.each([4, 17, 613, 80007, 2494100])("waits a minute to an hour when Meta says slow down (%i)", (code) => {
    expect(delaysOf({ code }, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * 60_000));
  });

  it("waits a minute to a quarter of an hour when a person must act, whatever the code", () => {
    for (const code of [undefined, 190, 131056, 4]) {
      const change = { needsHuman: true, ...(code === undefined ? {} : { code }) } as const;
      expect(delaysOf(change, 6)).toEqual([1, 2, 4, 8, 15, 15].map((minutes) => minutes * 60_000));
    }
  });

  it("stays within its limit however often it is tried", () => {
    for (const attempts of [0, 21, 1_000, Number.MAX_SAFE_INTEGER]) {
      const delayMs = retryDelayMs(errorOf({}), attempts);
      expect(delayMs).toBeGreaterThanOrEqual(450);
      expect(delayMs).toBeLessThanOrEqual(16_500);
    }
  });

  it("spreads what failed together by a tenth to either side", () => {
    const random = vi.spyOn(Math, "random");
    random.mockReturnValue(0);
    expect(retryDelayMs(errorOf({ code: 4 }), 1)).toBe(54_000);
    random.mockReturnValue(0.999_999);
    expect(retryDelayMs(errorOf({ code: 4 }), 1)).toBe(66_000);
    random.mockRestore();
    const delays = new Set(Array.from({ length: 50 }, () => retryDelayMs(errorOf({ code: 4 }), 1)));
    expect(delays.size).toBeGreaterThan(10);
  });
});

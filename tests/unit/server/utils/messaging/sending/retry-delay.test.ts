import { afterEach, describe, expect, it, vi } from "vitest";
import { retryDelayMs } from "#server/utils/messaging/sending/retry-delay";
import type { Backoff } from "#server/utils/meta/error-table";

afterEach(() => void vi.restoreAllMocks());

const MINUTE_MS = 60_000;

/** The shortest delays after so many failures of the same kind. */
function delaysOf(backoff: Backoff | undefined, count: number): number[] {
  vi.spyOn(Math, "random").mockReturnValue(0);
  return Array.from({ length: count }, (_, times) => retryDelayMs(backoff, times));
}

describe("retryDelayMs", () => {
  it("doubles from half a second to a quarter of a minute when the connection failed", () => {
    expect(delaysOf(undefined, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it("doubles from one second when the number sends too much (130429)", () => {
    expect(delaysOf("number", 8)).toEqual([1, 2, 4, 8, 16, 32, 64, 64].map((seconds) => seconds * 1_000));
  });

  it("waits 4^X seconds for one recipient, X = 0, 1, 2, as Meta asks (131056)", () => {
    expect(delaysOf("recipient", 8)).toEqual(
      [1, 4, 16, 64, 256, 1_024, 4_096, 4_096].map((seconds) => seconds * 1_000),
    );
  });

  it("waits a minute to an hour for the limits of an account or an app", () => {
    for (const backoff of ["waba", "app"] as const) {
      expect(delaysOf(backoff, 8)).toEqual(
        [1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * MINUTE_MS),
      );
    }
  });

  it("lets a number that was reported rest for an hour to a day", () => {
    expect(delaysOf("spam", 7)).toEqual([1, 2, 4, 8, 16, 24, 24].map((hours) => hours * 60 * MINUTE_MS));
  });

  it("waits some minutes where Meta says so", () => {
    expect(delaysOf("minute", 1)).toEqual([MINUTE_MS]);
    expect(delaysOf("five_minutes", 1)).toEqual([5 * MINUTE_MS]);
    expect(delaysOf("ten_minutes", 1)).toEqual([10 * MINUTE_MS]);
  });

  it("stays within its limit however often it is tried", () => {
    for (const times of [-1, 21, 1_000, Number.MAX_SAFE_INTEGER]) {
      const delayMs = retryDelayMs(undefined, times);
      expect(delayMs).toBeGreaterThanOrEqual(500);
      expect(delayMs).toBeLessThanOrEqual(18_000);
    }
  });

  it("spreads what failed together, upwards only: Meta counts what comes too early", () => {
    const random = vi.spyOn(Math, "random");
    random.mockReturnValue(0);
    expect(retryDelayMs("recipient", 3)).toBe(64_000);
    random.mockReturnValue(0.999_999);
    expect(retryDelayMs("recipient", 3)).toBe(76_800);
    random.mockRestore();
    const delays = new Set(Array.from({ length: 50 }, () => retryDelayMs("app", 0)));
    expect(delays.size).toBeGreaterThan(10);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(MINUTE_MS);
  });
});

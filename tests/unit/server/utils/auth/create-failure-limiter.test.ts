import { describe, expect, it } from "vitest";
import {
  createFailureLimiter,
  FAILURE_ENTRIES,
  FAILURE_LIMIT,
  FAILURE_WINDOW_MS,
} from "#server/utils/auth/create-failure-limiter";
import { AppError } from "#server/utils/errors";
import { createTestClock } from "#tests/helpers/server/create-test-clock";
import { defer } from "../../helpers/defer";

const never = () => false;

function openLimiter() {
  const clock = createTestClock();
  const told: string[] = [];
  const limiter = createFailureLimiter(clock, async (group) => void told.push(group));
  const fail = (group: string): Promise<string> =>
    limiter
      .attempt(group, () => Promise.reject(new AppError("unauthorized", "no")), never)
      .then(String, (error: AppError) => error.code);
  const exhaust = async (group: string): Promise<void> => {
    for (let count = 0; count < FAILURE_LIMIT; count += 1) await fail(group);
  };
  return { clock, told, limiter, fail, exhaust };
}

describe("createFailureLimiter", () => {
  it("passes on what the attempt gives or throws", async () => {
    const { limiter } = openLimiter();
    expect(await limiter.attempt("a", async () => 7, never)).toBe(7);
    await expect(limiter.attempt("a", () => Promise.reject(new Error("away")), never)).rejects.toThrow(
      "away",
    );
  });

  it("counts refusals only, not failures of our own", async () => {
    const { limiter, fail } = openLimiter();
    for (let count = 0; count < 3 * FAILURE_LIMIT; count += 1) {
      const error = new AppError("unavailable", "later");
      await expect(limiter.attempt("a", () => Promise.reject(error), never)).rejects.toBe(error);
    }
    expect(await fail("a")).toBe("unauthorized");
  });

  it("tells once per window and caller that somebody is cut off", async () => {
    const { clock, told, fail, exhaust } = openLimiter();
    await exhaust("a");
    await exhaust("b");
    expect(told).toEqual([]);
    for (let count = 0; count < 5; count += 1) await Promise.all([fail("a"), fail("a"), fail("b")]);
    expect(told.toSorted()).toEqual(["a", "b"]);
    clock.advance(FAILURE_WINDOW_MS);
    await exhaust("a");
    expect(await fail("a")).toBe("rate_limited");
    expect(told).toHaveLength(3);
  });

  it("says when the next attempt has a place, also after more failures than the limit", async () => {
    const { clock, limiter, fail, exhaust } = openLimiter();
    await exhaust("a");
    clock.advance(10_000);
    const refused = () => Promise.reject(new AppError("unauthorized", "no"));
    await expect(limiter.attempt("a", refused, () => true)).rejects.toMatchObject({ code: "unauthorized" });
    await expect(limiter.attempt("a", refused, never)).rejects.toMatchObject({ retryAfterSeconds: 50 });
    clock.advance(50_000);
    expect(await fail("a")).toBe("unauthorized");
  });

  it("lets those wait whose turn depends on others, and then decides", async () => {
    const { limiter, fail } = openLimiter();
    const first = defer<string>();
    const begun: number[] = [];
    const others = Array.from({ length: FAILURE_LIMIT - 1 }, () => fail("a"));
    const slow = limiter.attempt("a", () => first.promise, never);
    const waiting = limiter
      .attempt("a", async () => void begun.push(1), never)
      .catch((error: AppError) => error.code);
    await Promise.all(others);
    await Promise.resolve();
    expect(begun).toEqual([]);
    first.resolve("good");
    expect(await slow).toBe("good");
    await waiting;
    expect(begun).toEqual([1]);
  });

  it("lets those go at once whose key was proven while they waited", async () => {
    const { limiter, fail } = openLimiter();
    let isProven = false;
    const pending = defer<string>();
    const slow = Array.from({ length: FAILURE_LIMIT }, (_, place) =>
      limiter.attempt("a", () => (place === 0 ? Promise.resolve("x") : pending.promise), never),
    );
    const waiting = limiter.attempt(
      "a",
      async () => "in",
      () => isProven,
    );
    isProven = true;
    await slow[0];
    expect(await waiting).toBe("in");
    pending.resolve("done");
    await Promise.all(slow);
    expect(await fail("a")).toBe("unauthorized");
  });

  it("remembers so many callers at most; the one seen longest ago goes", async () => {
    const { fail, exhaust } = openLimiter();
    await exhaust("first");
    await exhaust("second");
    for (let place = 0; place < FAILURE_ENTRIES - 2; place += 1) await fail(`other ${place}`);
    expect(await fail("first")).toBe("rate_limited");
    await fail("one more");
    expect(await fail("second")).toBe("unauthorized");
    expect(await fail("first")).toBe("rate_limited");
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withTimeout } from "#server/utils/with-timeout";
import { defer } from "../helpers/defer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("withTimeout", () => {
  it("passes on what the work gives or throws, and leaves no timer behind", async () => {
    await expect(withTimeout(Promise.resolve(7), 1_000, "work")).resolves.toBe(7);
    await expect(withTimeout(Promise.reject(new Error("no")), 1_000, "work")).rejects.toThrow("no");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits as long as it may, and then names what took too long", async () => {
    const hanging = defer();
    const outcome = vi.fn<(error: unknown) => void>();
    const waiting = withTimeout(hanging.promise, 1_000, "the database").catch(outcome);
    await vi.advanceTimersByTimeAsync(999);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(outcome.mock.calls[0]?.[0]).toMatchObject({ message: "the database took longer than 1000 ms" });
  });

  it("is not disturbed by work that fails after its time", async () => {
    const hanging = defer();
    const waiting = withTimeout(hanging.promise, 10, "work").catch(() => "over");
    await vi.advanceTimersByTimeAsync(10);
    hanging.reject(new Error("too late"));
    await expect(waiting).resolves.toBe("over");
  });
});

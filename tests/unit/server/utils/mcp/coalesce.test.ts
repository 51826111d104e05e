import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COALESCE_WINDOW_MS, createCoalescer } from "#server/utils/mcp/coalesce";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("createCoalescer", () => {
  it("tells of the first touch at once", () => {
    const send = vi.fn();
    createCoalescer(send).touch("a");
    expect(send.mock.calls).toEqual([["a"]]);
  });

  it("makes a burst two: one at the start and one at the end of the window", () => {
    const send = vi.fn();
    const coalescer = createCoalescer(send);
    for (let index = 0; index < 100; index += 1) coalescer.touch("a");
    expect(send).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(COALESCE_WINDOW_MS - 1);
    expect(send).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(send).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(10 * COALESCE_WINDOW_MS);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("tells of a lone touch once", () => {
    const send = vi.fn();
    createCoalescer(send).touch("a");
    vi.advanceTimersByTime(10 * COALESCE_WINDOW_MS);
    expect(send).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells at most once per window while touches go on, and never loses the last", () => {
    const at: number[] = [];
    const coalescer = createCoalescer(() => at.push(Date.now()), 50);
    const start = Date.now();
    for (let ms = 0; ms < 1_000; ms += 1) {
      coalescer.touch("a");
      vi.advanceTimersByTime(1);
    }
    const lastTouch = Date.now() - 1;
    vi.advanceTimersByTime(200);
    expect(at[0]).toBe(start);
    expect(at.at(-1)).toBeGreaterThanOrEqual(lastTouch);
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(50);
  });

  it("keeps addresses apart", () => {
    const send = vi.fn();
    const coalescer = createCoalescer(send);
    coalescer.touch("a");
    coalescer.touch("b");
    coalescer.touch("b");
    expect(send.mock.calls).toEqual([["a"], ["b"]]);
    vi.advanceTimersByTime(COALESCE_WINDOW_MS);
    expect(send.mock.calls).toEqual([["a"], ["b"], ["b"]]);
  });

  it("is silent after its end", () => {
    const send = vi.fn();
    const coalescer = createCoalescer(send);
    coalescer.touch("a");
    coalescer.touch("a");
    coalescer.end();
    vi.advanceTimersByTime(10 * COALESCE_WINDOW_MS);
    expect(send).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

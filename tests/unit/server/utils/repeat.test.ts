import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { repeat } from "#server/utils/repeat";
import { defer } from "../helpers/defer";
import { createRecordingLog } from "../helpers/recording-log";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("repeat", () => {
  it("works at once and then with a pause between", async () => {
    const work = vi.fn(async () => {});
    const stop = repeat(work, 5_000, createRecordingLog().log);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
    await stop();
  });

  it("never begins again before the work is done, however long it takes", async () => {
    const { promise, resolve } = defer();
    const work = vi.fn(() => promise);
    const stop = repeat(work, 10, createRecordingLog().log);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(work).toHaveBeenCalledTimes(1);
    resolve();
    await vi.advanceTimersByTimeAsync(10);
    expect(work).toHaveBeenCalledTimes(2);
    await stop();
  });

  it("goes on after a failure, thrown or rejected, and logs it", async () => {
    const { log, lines } = createRecordingLog();
    const work = vi
      .fn<() => Promise<void>>()
      .mockImplementationOnce(() => {
        throw new Error("thrown");
      })
      .mockRejectedValueOnce(new Error("rejected"))
      .mockResolvedValue(undefined);
    const stop = repeat(work, 10, log);
    await vi.advanceTimersByTimeAsync(20);
    expect(work).toHaveBeenCalledTimes(3);
    expect(lines).toEqual(["recovery has to wait: Error: thrown", "recovery has to wait: Error: rejected"]);
    await stop();
  });

  it("stops after what is under way, and never begins again", async () => {
    const { promise, resolve } = defer();
    const work = vi.fn(() => promise);
    const stop = repeat(work, 10, createRecordingLog().log);
    const stopped = vi.fn();
    const stopping = stop().then(stopped);
    await vi.advanceTimersByTimeAsync(100);
    expect(stopped).not.toHaveBeenCalled();
    resolve();
    await stopping;
    await vi.advanceTimersByTimeAsync(100);
    expect(work).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stops in a pause without beginning again", async () => {
    const work = vi.fn(async () => {});
    const stop = repeat(work, 10, createRecordingLog().log);
    await vi.advanceTimersByTimeAsync(5);
    await stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(work).toHaveBeenCalledTimes(1);
  });
});

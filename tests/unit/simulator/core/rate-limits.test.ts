import { beforeEach, describe, expect, it } from "vitest";
import { createRateLimits, type RateLimits } from "#simulator/core/rate-limits";
import { defaultSettings, type Settings } from "#simulator/core/settings";
import { createManualClock, type ManualClock } from "../manual-clock";

let clock: ManualClock;
let settings: Settings;
let limits: RateLimits;

beforeEach(() => {
  clock = createManualClock();
  settings = defaultSettings();
  limits = createRateLimits(settings, clock);
});

const count = (times: number, allow: () => boolean) =>
  Array.from({ length: times }, allow).filter(Boolean).length;

describe("createRateLimits", () => {
  it("lets a burst of 45 to one person through, then one message every six seconds", async () => {
    expect(count(60, () => limits.allowPair("n", "p"))).toBe(45);
    await clock.advance(5999);
    expect(limits.allowPair("n", "p")).toBe(false);
    await clock.advance(1);
    expect(limits.allowPair("n", "p")).toBe(true);
    expect(limits.allowPair("n", "p")).toBe(false);
    await clock.advance(60_000);
    expect(count(60, () => limits.allowPair("n", "p"))).toBe(10);
  });

  it("counts each pair of number and person apart", () => {
    expect(count(45, () => limits.allowPair("n", "p"))).toBe(45);
    expect(limits.allowPair("n", "p")).toBe(false);
    expect(limits.allowPair("n", "q")).toBe(true);
    expect(limits.allowPair("m", "p")).toBe(true);
  });

  it("can be switched off", () => {
    settings.pair_rate = false;
    settings.throughput_per_second = 0;
    expect(count(1000, () => limits.allowPair("n", "p"))).toBe(1000);
    expect(count(1000, () => limits.allowThroughput("n"))).toBe(1000);
  });

  it("lets 80 messages per second and number through, inbound ones counted", async () => {
    for (let index = 0; index < 10; index += 1) limits.countInbound("n");
    expect(count(100, () => limits.allowThroughput("n"))).toBe(70);
    expect(limits.allowThroughput("m")).toBe(true);
    await clock.advance(500);
    expect(count(100, () => limits.allowThroughput("n"))).toBe(40);
  });

  it("starts full again when cleared", () => {
    count(100, () => limits.allowThroughput("n"));
    limits.clear();
    expect(count(100, () => limits.allowThroughput("n"))).toBe(80);
  });
});

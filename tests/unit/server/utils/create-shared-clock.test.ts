import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSharedClock } from "#server/utils/create-shared-clock";

const DATABASE_TIME_MS = 1_750_000_000_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A database whose answers take `tookMs`, and whose time is read in the middle of that. */
const createDatabase = (tookMs: number) => {
  const database = {
    driftMs: 0,
    tookMs,
    readTimeMs: async () => {
      vi.advanceTimersByTime(database.tookMs / 2);
      const timeMs = DATABASE_TIME_MS + performance.now() + database.driftMs;
      vi.advanceTimersByTime(database.tookMs / 2);
      return timeMs;
    },
  };
  return database;
};

const expectedMs = (driftMs = 0): number => DATABASE_TIME_MS + performance.now() + driftMs;

describe("createSharedClock", () => {
  it("tells the database's time, also while the database is not asked", async () => {
    const clock = await createSharedClock(createDatabase(20).readTimeMs);
    expect(clock.now().getTime()).toBeCloseTo(expectedMs(), 0);
    vi.advanceTimersByTime(12_345);
    expect(clock.now().getTime()).toBeCloseTo(expectedMs(), 0);
  });

  it("does not care what the host's clock says", async () => {
    const clock = await createSharedClock(createDatabase(20).readTimeMs);
    const before = clock.now().getTime();
    vi.setSystemTime(0);
    expect(clock.now().getTime()).toBe(before);
  });

  it("follows the database when asked again", async () => {
    const database = createDatabase(20);
    const clock = await createSharedClock(database.readTimeMs);
    database.driftMs = 5_000;
    await clock.sync();
    expect(clock.now().getTime()).toBeCloseTo(expectedMs(5_000), 0);
  });

  it("takes no slow answer for the time", async () => {
    const database = createDatabase(20);
    const clock = await createSharedClock(database.readTimeMs);
    Object.assign(database, { tookMs: 3_000, driftMs: 1_000 });
    await clock.sync();
    expect(clock.now().getTime()).toBeCloseTo(expectedMs(), 0);
    // Unless it proves that the time is wrong: the host was suspended.
    database.driftMs = 600_000;
    await clock.sync();
    expect(Math.abs(clock.now().getTime() - expectedMs(600_000))).toBeLessThan(3_000);
  });

  it("has a time even when the first answers are slow", async () => {
    const clock = await createSharedClock(createDatabase(3_000).readTimeMs);
    expect(Math.abs(clock.now().getTime() - expectedMs())).toBeLessThan(3_000);
  });

  it("goes on by itself while the database is away", async () => {
    const database = createDatabase(20);
    const clock = await createSharedClock(database.readTimeMs);
    database.readTimeMs = async () => {
      throw new Error("away");
    };
    vi.advanceTimersByTime(60_000);
    expect(clock.now().getTime()).toBeCloseTo(expectedMs(), 0);
  });
});

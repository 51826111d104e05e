import { describe, expect, it } from "vitest";
import { ServiceWindows } from "#simulator/phone/service-windows";
import { createManualClock } from "../manual-clock";

const DAY_MS = 24 * 3600 * 1000;

describe("ServiceWindows", () => {
  it("is open for 24 hours after the person's last message, per number and person", async () => {
    const clock = createManualClock();
    const windows = new ServiceWindows(clock);
    expect(windows.closesAt("n", "p")).toBeUndefined();
    windows.open("n", "p");
    expect(windows.closesAt("n", "p")).toBe(clock.now() + DAY_MS);
    expect(windows.closesAt("m", "p")).toBeUndefined();
    await clock.advance(DAY_MS - 1);
    expect(windows.closesAt("n", "p")).toBeDefined();
    await clock.advance(1);
    expect(windows.closesAt("n", "p")).toBeUndefined();
  });

  it("can be closed by hand", () => {
    const windows = new ServiceWindows(createManualClock());
    windows.open("n", "p");
    windows.close("n", "p");
    expect(windows.closesAt("n", "p")).toBeUndefined();
  });
});

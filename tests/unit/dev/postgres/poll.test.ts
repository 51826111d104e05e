import { describe, expect, it } from "vitest";

import { poll } from "#dev/postgres/poll";

describe("poll", () => {
  it("asks until there is an answer", async () => {
    let asked = 0;
    expect(await poll(() => (++asked === 3 ? "yes" : undefined), 5_000)).toBe("yes");
    expect(asked).toBe(3);
  });

  it("asks at least once and gives up when the time has passed", async () => {
    let asked = 0;
    expect(await poll(() => void asked++, 0)).toBeUndefined();
    expect(asked).toBe(1);
  });

  it("ends with an error of the question", async () => {
    await expect(poll(() => Promise.reject(new Error("no")), 5_000)).rejects.toThrow("no");
  });
});

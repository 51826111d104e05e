import { describe, expect, it } from "vitest";
import { createGate } from "./gate";

const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return done;
};

describe("createGate", () => {
  it("lets the work go on a little further than the next strike", async () => {
    const gate = createGate();
    gate.open(5);
    expect(await isDone(gate.untilOpen(25))).toBe(true);
    const next = gate.untilOpen(26);
    expect(await isDone(next)).toBe(false);
    gate.open(6);
    expect(await isDone(next)).toBe(true);
  });

  it("lets nothing begin any more when it has ended", async () => {
    const gate = createGate();
    const waiting = gate.untilOpen(100);
    gate.end();
    expect([await waiting, await gate.untilOpen(0)]).toEqual([false, false]);
  });

  it("tells at once when so much is finished", async () => {
    const gate = createGate();
    const second = gate.untilPassed(2);
    gate.pass();
    expect(await isDone(second)).toBe(false);
    gate.pass();
    expect(await isDone(second)).toBe(true);
    expect(await isDone(gate.untilPassed(1))).toBe(true);
    expect(gate.passed).toBe(2);
  });
});

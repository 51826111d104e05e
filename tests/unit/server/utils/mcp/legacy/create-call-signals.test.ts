import { describe, expect, it } from "vitest";
import { createCallSignals } from "#server/utils/mcp/legacy/create-call-signals";

describe("createCallSignals", () => {
  it("aborts with the connection", () => {
    const [left, stays] = [new AbortController(), new AbortController()];
    const calls = createCallSignals();
    const signals = [calls.open(left.signal), calls.open(stays.signal)];
    left.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(calls.open(left.signal).aborted).toBe(true);
  });

  it("releases what waits now, and not what comes then", () => {
    const { signal: connection } = new AbortController();
    const calls = createCallSignals();
    const waiting = calls.open(connection);
    calls.release();
    expect([waiting.aborted, calls.open(connection).aborted]).toEqual([true, false]);
  });

  it("releases everything once it has ended", () => {
    const { signal: connection } = new AbortController();
    const calls = createCallSignals();
    const waiting = calls.open(connection);
    calls.end();
    expect([waiting.aborted, calls.open(connection).aborted]).toEqual([true, true]);
  });
});

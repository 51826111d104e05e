import { describe, expect, it } from "vitest";
import type { Peppers } from "#server/utils/auth/peppers";
import { createStateSeal, STATE_TTL_MS, type StateBinding } from "#server/utils/mcp/create-state-seal";

const NOW = new Date("2026-11-01T12:00:00Z");
const ABOUT = "01900000-0000-7000-8000-00000000000a";
const CALL: StateBinding = {
  clientId: "client",
  limitsKeyId: "key",
  tool: "send_message",
  arguments: { to: "1", body: "x", n: { a: 1, b: 2 } },
};
const FRESH = { aboutId: ABOUT, isFresh: true };
const OLD: Peppers = { current: { version: 1, secret: "o".repeat(32) } };
const NEW: Peppers = { current: { version: 2, secret: "n".repeat(32) }, previous: OLD.current };
const open = (state: string, change: Partial<StateBinding> = {}, peppers = OLD, now = NOW) =>
  createStateSeal(peppers, { ...CALL, ...change }).open(state, now);
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

describe("createStateSeal", () => {
  const state = createStateSeal(OLD, CALL).seal(ABOUT, NOW);

  it("opens what it sealed, for the same call, with its arguments in any order", () => {
    expect(open(state)).toEqual(FRESH);
    expect(open(state, { arguments: { n: { b: 2, a: 1 }, body: "x", to: "1" } })).toEqual(FRESH);
  });

  it("seals the same thing differently each time", () => {
    expect(createStateSeal(OLD, CALL).seal(ABOUT, NOW)).not.toBe(state);
  });

  it("opens nothing for another client, key, tool or other arguments", () => {
    expect(open(state, { clientId: "another" })).toBeUndefined();
    expect(open(state, { limitsKeyId: "another" })).toBeUndefined();
    expect(open(state, { tool: "cancel_message" })).toBeUndefined();
    expect(open(state, { arguments: { ...(CALL.arguments as object), body: "y" } })).toBeUndefined();
    expect(open(state, { arguments: undefined })).toBeUndefined();
  });

  it("is fresh until its time is up, and says afterwards too what it is about", () => {
    expect(open(state, {}, OLD, later(STATE_TTL_MS - 1))).toEqual(FRESH);
    expect(open(state, {}, OLD, later(STATE_TTL_MS))).toEqual({ aboutId: ABOUT, isFresh: false });
  });

  it("opens what was sealed with the pepper before, and nothing of an older one", () => {
    expect(open(state, {}, NEW)).toEqual(FRESH);
    expect(open(state, {}, { current: NEW.current })).toBeUndefined();
  });

  it("opens nothing that differs in a single sign", () => {
    for (let place = 0; place < state.length; place += 1) {
      const other = state[place] === "A" ? "B" : "A";
      expect(open(`${state.slice(0, place)}${other}${state.slice(place + 1)}`)).toBeUndefined();
      expect(open(state.slice(0, place))).toBeUndefined();
    }
  });
});

import { describe, expect, it } from "vitest";
import { createPlan } from "./create-plan";

const plan = (seed: number, kills = 25, without: string[] = []) => createPlan({ seed, kills, without });

describe("createPlan", () => {
  it("is the same for the same seed and another for another", () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  it("kills as often as it is told, and everything that can be killed", () => {
    const kills = plan(1).strikes.flatMap((strike) => (strike.kind === "kill" ? [strike.target] : []));
    expect(kills).toHaveLength(25);
    expect(new Set(kills)).toEqual(new Set(["server 1", "server 2", "engine", "postgres"]));
  });

  it("has every kind of fault in a short run", () => {
    const kinds = plan(1).strikes.map((strike) =>
      strike.kind === "fault" ? strike.fault.kind : strike.kind,
    );
    expect([...new Set(kinds)].toSorted()).toEqual([
      "accept_and_hang",
      "bad_signature",
      "batch",
      "clock",
      "delay",
      "drop_response_after_accept",
      "duplicate",
      "ghost_unsupported",
      "graph_error",
      "http_500_html",
      "http_502_html",
      "kill",
      "reorder",
      "reset_before_accept",
      "reset_during_request",
      "rolling restart",
      "slow_response",
      "status_before_response",
    ]);
  });

  it("orders strikes by their places, which all are within the work", () => {
    const { strikes, actions } = plan(3);
    const places = strikes.map(({ at }) => at);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.max(...places)).toBeLessThan(actions.length);
  });

  it("leaves out what it is told to, and nothing else", () => {
    const names = plan(3, 25, ["clock", "batch"]).strikes.map((strike) =>
      strike.kind === "fault" ? strike.fault.kind : strike.kind,
    );
    expect(names).not.toContain("clock");
    expect(names).not.toContain("batch");
    expect(names.filter((name) => name === "kill")).toHaveLength(25);
  });

  it("sends and receives among all people", () => {
    const { actions, people } = plan(1);
    expect(new Set(actions.map(({ person }) => person)).size).toBe(people);
    expect(new Set(actions.map(({ kind }) => kind))).toEqual(new Set(["send", "send twice", "receive"]));
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { createRandom } from "#simulator/core/random";
import { createFaultBox, type FaultBox } from "#simulator/faults/fault-box";

let box: FaultBox;

beforeEach(() => {
  box = createFaultBox(createRandom(1));
});

const strikes = (times: number, facts = {}) =>
  Array.from({ length: times }, () => box.take("duplicate", facts) !== undefined);

describe("createFaultBox", () => {
  it("strikes once when nothing else is said, or as often as the count says", () => {
    box.add({ kind: "duplicate" });
    expect(strikes(3)).toEqual([true, false, false]);
    box.add({ kind: "duplicate", count: 2 });
    expect(strikes(3)).toEqual([true, true, false]);
  });

  it("keeps hold in force until it is removed", () => {
    const { id } = box.add({ kind: "hold" });
    for (let index = 0; index < 50; index += 1) expect(box.take("hold", {})).toBeDefined();
    expect(box.remove(id)).toBe(1);
    expect(box.take("hold", {})).toBeUndefined();
  });

  it("lets the first ones pass when told to", () => {
    box.add({ kind: "duplicate", skip: 2 });
    expect(strikes(4)).toEqual([false, false, true, false]);
  });

  it("strikes by chance, the same way for the same seed", () => {
    box.add({ kind: "duplicate", probability: 0.25 });
    const first = strikes(1000);
    const hits = first.filter(Boolean).length;
    expect(hits).toBeGreaterThan(200);
    expect(hits).toBeLessThan(300);
    box = createFaultBox(createRandom(1));
    box.add({ kind: "duplicate", probability: 0.25 });
    expect(strikes(1000)).toEqual(first);
  });

  it("strikes only what it is meant for", () => {
    box.add({ kind: "duplicate", about: "statuses", status: "read", phone_number_id: "1", wa_id: "2" });
    const facts = { about: "statuses", status: "read", phoneNumberId: "1", waId: "2" } as const;
    expect(strikes(1, { ...facts, about: "messages" })).toEqual([false]);
    expect(strikes(1, { ...facts, status: "sent" })).toEqual([false]);
    expect(strikes(1, { ...facts, phoneNumberId: "3" })).toEqual([false]);
    expect(strikes(1, { ...facts, waId: "3" })).toEqual([false]);
    expect(strikes(1, facts)).toEqual([true]);
  });

  it("means sends unless another call is named", () => {
    box.add({ kind: "graph_error" });
    expect(box.take("graph_error", { on: "read" })).toBeUndefined();
    expect(box.take("graph_error", { on: "send" })).toBeDefined();
    box.add({ kind: "graph_error", on: "any" });
    expect(box.take("graph_error", { on: "other" })).toBeDefined();
  });

  it("counts its hits", () => {
    const fault = box.add({ kind: "duplicate", count: 5 });
    strikes(3);
    expect(box.list()).toEqual([{ ...fault, hits: 3, remaining: 2 }]);
  });

  it("forgets spent faults when there are many", () => {
    box.add({ kind: "hold" });
    for (let index = 0; index < 1000; index += 1) {
      box.add({ kind: "duplicate" });
      expect(strikes(1)).toEqual([true]);
    }
    expect(box.list().length).toBeLessThanOrEqual(200);
    expect(box.take("hold", {})).toBeDefined();
  });
});

import { describe, expect, it } from "vitest";
import { countryCodeOf } from "#simulator/core/country-code";
import { createEventBus } from "#simulator/core/event-bus";
import { createFifo } from "#simulator/core/fifo";
import { createUserId, createWamid } from "#simulator/core/ids";
import { createRandom } from "#simulator/core/random";
import { createRing } from "#simulator/core/ring";

describe("countryCodeOf", () => {
  it.each([
    ["15550783881", "1"],
    ["79161234567", "7"],
    ["919812345678", "91"],
    ["4915112345678", "49"],
    ["351912345678", "351"],
    ["97150123456", "971"],
  ])("finds the code of %s", (digits, code) => {
    expect(countryCodeOf(digits)).toBe(code);
  });
});

describe("createWamid", () => {
  it("is unique, opaque base64, and holds the person's number like Meta's", () => {
    const ids = Array.from({ length: 1000 }, () => createWamid("16505551234", "business"));
    expect(new Set(ids).size).toBe(1000);
    expect(ids[0]).toMatch(/^wamid\.HBgL[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(ids[0]!.slice(6), "base64").toString("latin1")).toContain("16505551234");
  });
});

describe("createUserId", () => {
  it("starts with the person's country", () => {
    expect(createUserId("491511234567")).toMatch(/^DE\.\d{20}$/);
    expect(createUserId("99912345678")).toMatch(/^XX\.\d{20}$/);
    expect(createUserId("99912345678")).toBe(createUserId("99912345678"));
    expect(createUserId("99912345678")).not.toBe(createUserId("99912345679"));
  });
});

describe("createRandom", () => {
  it("repeats its sequence for the same seed and not for another", () => {
    const random = createRandom(7);
    const first = Array.from({ length: 100 }, () => random.next());
    random.reseed(7);
    expect(Array.from({ length: 100 }, () => random.next())).toEqual(first);
    random.reseed(8);
    expect(Array.from({ length: 100 }, () => random.next())).not.toEqual(first);
  });

  it("spreads evenly over [0, 1)", () => {
    const random = createRandom(1);
    const numbers = Array.from({ length: 10_000 }, () => random.next());
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const below = numbers.filter((number) => number < 0.3).length;
    expect(below).toBeGreaterThan(2800);
    expect(below).toBeLessThan(3200);
  });
});

describe("createFifo", () => {
  it("gives items back in order across its compactions", () => {
    const fifo = createFifo<number>();
    const out: (number | undefined)[] = [];
    for (let index = 0; index < 5000; index += 1) {
      fifo.push(index);
      if (index % 3 !== 0) out.push(fifo.shift());
    }
    while (fifo.size > 0) out.push(fifo.shift());
    expect(out).toEqual(Array.from({ length: 5000 }, (_, index) => index));
    expect(fifo.shift()).toBeUndefined();
  });
});

describe("createRing", () => {
  it("keeps only the last entries", () => {
    const ring = createRing<number>(10);
    for (let index = 0; index < 1005; index += 1) ring.push(index);
    expect(ring.entries()).toEqual([995, 996, 997, 998, 999, 1000, 1001, 1002, 1003, 1004]);
  });
});

describe("createEventBus", () => {
  it("describes an event only when somebody listens", () => {
    const bus = createEventBus(() => 5);
    let described = 0;
    const describeIt = () => {
      described += 1;
      return { a: 1 };
    };
    bus.publish("x", describeIt);
    const seen: unknown[] = [];
    const stop = bus.subscribe((event) => seen.push(event));
    bus.publish("y", describeIt);
    stop();
    bus.publish("z", describeIt);
    expect(described).toBe(1);
    expect(seen).toEqual([{ seq: 2, type: "y", at: 5, data: { a: 1 } }]);
  });
});

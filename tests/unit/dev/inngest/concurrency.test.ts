import { describe, expect, it } from "vitest";
import { planConcurrency } from "#dev/inngest/flow-control/concurrency";

const event = { id: "1", name: "e", data: { tenant: "t" }, ts: 0 };

describe("planConcurrency", () => {
  it("names a place per option, shared beyond the function only when the scope says so", () => {
    const config = {
      id: "app-fn",
      steps: {},
      concurrency: [
        { limit: 5 },
        { limit: 1, key: "event.data.tenant" },
        { limit: 10, key: "'all'", scope: "env" as const },
        { limit: 0 },
      ],
    };
    expect(planConcurrency(config, event)).toEqual({
      keys: ["fn:app-fn||", 'fn:app-fn|event.data.tenant|"t"', "env|'all'|\"all\""],
      limits: [5, 1, 10],
    });
  });

  it("takes a bare number for the function's limit, and nothing for none", () => {
    expect(planConcurrency({ id: "f", steps: {}, concurrency: 3 }, event)).toEqual({
      keys: ["fn:f||"],
      limits: [3],
    });
    expect(planConcurrency({ id: "f", steps: {} }, event)).toEqual({ keys: [], limits: [] });
  });
});

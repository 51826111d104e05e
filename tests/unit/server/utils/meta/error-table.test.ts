import { describe, expect, it } from "vitest";
import { ERROR_TABLE } from "#server/utils/meta/error-table";
import { explainSendError } from "#server/utils/meta/explain-send-error";

type Row = readonly [codes: string, httpStatus: number, class_: string, backoff: string];

// Every code that Meta's "Error codes" (November 2025) and recorded bodies name, written down once more: a code that is
// forgotten in the table is "unknown", and fails here.
const REFERENCE: readonly Row[] = [
  ["0 190", 401, "human", "none"],
  ["3", 500, "human", "none"],
  ["10 200-299 131005", 403, "human", "none"],
  ["33", 400, "human", "none"],
  ["1", 400, "ambiguous", "settle"],
  ["2", 503, "ambiguous", "settle"],
  ["4", 400, "safe", "app"],
  ["4 17", 429, "safe", "app"],
  ["80007", 400, "safe", "waba"],
  ["80007", 429, "safe", "waba"],
  ["613", 400, "safe", "app"],
  ["130429", 400, "safe", "number"],
  ["131056", 400, "safe", "recipient"],
  ["131048", 400, "final", "spam"],
  ["131064", 400, "final", "none"],
  ["133016", 400, "final", "none"],
  ["368 131031", 403, "human", "none"],
  ["130497", 403, "final", "none"],
  ["100 130472 131008 131009 131021 131026", 400, "final", "none"],
  ["100", 409, "final", "none"],
  ["100", 422, "final", "none"],
  ["131000 131016 131057", 500, "ambiguous", "settle"],
  ["131030 132015 132016", 400, "final", "none"],
  ["131035 131060", 400, "final", "none"],
  ["131036 131047 131049 131050 131051 131052 131053 131055 131059 131062", 400, "final", "none"],
  ["131037 131042 131044 131063", 400, "human", "none"],
  ["131045", 500, "human", "none"],
  ["130403 130501 131020 131041 131201-131207 131209-131215", 400, "final", "none"],
  ["131208", 400, "safe", "minute"],
  ["132000 132005 132007 132008 132012 132018 132068 132069", 400, "final", "none"],
  ["132001 803", 404, "final", "none"],
  ["133000", 500, "human", "none"],
  ["133004", 503, "ambiguous", "settle"],
  ["133005 133006 133008 133009 133010 134011", 400, "human", "none"],
  ["133015", 400, "safe", "five_minutes"],
  ["134101", 400, "safe", "ten_minutes"],
  ["134100", 400, "final", "none"],
  ["134102", 500, "human", "none"],
  ["135000 137000 138000-138025 139000-139004 139100 139101 147001-147005", 400, "final", "none"],
  ["139102 139103", 400, "safe", "minute"],
  ["2388000-2388999 2593107 2593108 1752041", 400, "final", "none"],
  ["2494100", 400, "safe", "five_minutes"],
  ["104", 401, "human", "none"],
];

function codesOf(list: string): number[] {
  return list.split(" ").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

const UNKNOWN = explainSendError(987_654).reason;

describe("the table of errors", () => {
  it.each(REFERENCE)("knows %s (HTTP %i) as Meta's reference does", (codes, httpStatus, class_, backoff) => {
    for (const code of codesOf(codes)) {
      const entry = explainSendError(code, httpStatus);
      expect(entry.class, `code ${code}`).toBe(class_);
      expect(entry.reason, `code ${code}`).not.toBe(UNKNOWN);
      expect(entry.backoff, `code ${code}`).toBe(backoff);
    }
  });

  it("holds no code that the reference does not name, and none twice", () => {
    const named = new Set(REFERENCE.flatMap(([codes]) => codesOf(codes)));
    const seen = new Set<number>();
    for (const { first, last } of ERROR_TABLE) {
      for (let code = first; code <= last; code += 1) {
        expect(named, `code ${code}`).toContain(code);
        expect(seen, `code ${code}`).not.toContain(code);
        seen.add(code);
      }
    }
    expect(seen).toEqual(named);
  });

  it("has the owner told of what ends a message and still needs a person", () => {
    const alerting = ERROR_TABLE.filter(({ entry }) => entry.alerts).map(({ first }) => first);
    expect(alerting.toSorted()).toEqual([131030, 131048, 131064, 132015, 132016]);
    expect(new Set(alerting.map((code) => explainSendError(code).class))).toEqual(new Set(["final"]));
  });

  it("bounds the attempts where Meta names a number: one retry after 1, three at most after 131000", () => {
    expect(explainSendError(1).attemptLimit).toBe(2);
    expect(explainSendError(131000, 500).attemptLimit).toBe(3);
  });

  it("tells an agent what to do next, in one or two plain sentences", () => {
    for (const { entry } of ERROR_TABLE) {
      expect(entry.advice).toMatch(/^[A-Z].{20,200}\.$/);
      expect(entry.reason).toMatch(/^[a-zM].{10,100}[a-z]$/);
      // Only what is sent by itself may be called so.
      expect(/by itself|once the number/.test(entry.advice)).toBe(["safe", "human"].includes(entry.class));
    }
  });
});

describe("explainSendError", () => {
  it("goes by the code and not by the HTTP status, which differs between Meta's pages", () => {
    for (const httpStatus of [200, 400, 401, 403, 404, 429, 500, 503]) {
      expect(explainSendError(130429, httpStatus).class).toBe("safe");
      expect(explainSendError(131000, httpStatus).class).toBe("ambiguous");
      expect(explainSendError(190, httpStatus).class).toBe("human");
    }
  });

  it("takes a code that nobody knows for final, unless the server itself failed", () => {
    for (const code of [5, 199, 300, 987_654, -1]) {
      expect(explainSendError(code, 400).class).toBe("final");
      expect(explainSendError(code, 499).class).toBe("final");
      expect(explainSendError(code, 500)).toMatchObject({ class: "ambiguous", backoff: "settle" });
      expect(explainSendError(code, 503).class).toBe("ambiguous");
    }
  });
});

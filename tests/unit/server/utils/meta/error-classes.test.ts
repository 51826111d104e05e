import { describe, expect, it } from "vitest";
import { classifySendError } from "#server/utils/meta/error-classes";

type Row = readonly [codes: string, httpStatus: number, classes: string];

// Meta's "Error codes" (November 2025) and the bodies that clients of the API have recorded. Where Meta leaves it open
// whether a person is needed, both classes are right: neither sends twice.
const TABLE: readonly Row[] = [
  ["0 190", 401, "human"],
  ["3", 500, "human"],
  ["10 200-299 131005", 403, "human"],
  ["33", 400, "human"],
  ["1", 400, "ambiguous"],
  ["2", 503, "ambiguous"],
  ["4 80007", 400, "safe"],
  ["4 17 80007", 429, "safe"],
  ["613 130429 131056", 400, "safe"],
  ["131048 131064", 400, "final human"],
  ["133016", 400, "final"],
  ["368 131031", 403, "human"],
  ["130497", 403, "final"],
  ["100 130472 131008 131009 131021 131026", 400, "final"],
  ["100", 409, "final"],
  ["100", 422, "final"],
  ["131000 131016 131057", 500, "ambiguous"],
  ["131030 132015 132016", 400, "final human"],
  ["131036 131047 131049 131050 131051 131052 131053 131055 131059 131062", 400, "final"],
  ["131037 131042 131044 131063", 400, "human"],
  ["131045", 500, "human"],
  ["130403 130501 131020 131041 131201-131207 131209-131215", 400, "final"],
  ["131208", 400, "safe"],
  ["132000 132005 132007 132008 132012 132018 132068 132069", 400, "final"],
  ["132001 803", 404, "final"],
  ["133000", 500, "human"],
  ["133004", 503, "ambiguous"],
  ["133005 133006 133008 133009 133010 134011", 400, "human"],
  ["133015 134101", 400, "safe"],
  ["134100", 400, "final"],
  ["134102", 500, "human"],
  ["135000 137000 138000-138025 139000-139004 139100 139101 147001-147005", 400, "final"],
  ["139102 139103", 400, "safe"],
  ["2388000-2388003 2388153 2593107 2593108 1752041", 400, "final"],
  ["2494100", 400, "safe"],
  ["104", 401, "human"],
];

function codesOf(list: string): number[] {
  return list.split(" ").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

describe("classifySendError", () => {
  it.each(TABLE)("puts %s with HTTP %i where Meta's table does", (codes, httpStatus, classes) => {
    for (const code of codesOf(codes)) {
      expect(classes.split(" "), `code ${code}`).toContain(classifySendError(code, httpStatus));
    }
  });

  it("goes by the code and not by the HTTP status, which differs between Meta's pages", () => {
    for (const httpStatus of [200, 400, 401, 403, 404, 429, 500, 503]) {
      expect(classifySendError(130429, httpStatus)).toBe("safe");
      expect(classifySendError(131000, httpStatus)).toBe("ambiguous");
      expect(classifySendError(190, httpStatus)).toBe("human");
    }
  });

  it("takes a code that nobody knows for final, unless the server itself failed", () => {
    for (const code of [5, 199, 300, 987654, -1]) {
      expect(classifySendError(code, 400)).toBe("final");
      expect(classifySendError(code, 499)).toBe("final");
      expect(classifySendError(code, 500)).toBe("ambiguous");
      expect(classifySendError(code, 503)).toBe("ambiguous");
    }
  });
});

import { describe, expect, it } from "vitest";
import { ERROR_TABLE } from "#server/utils/meta/error-table";
import { explainStatusError } from "#server/utils/meta/explain-status-error";

describe("explainStatusError", () => {
  it("says it in our words: Meta's may hold a number", () => {
    const told = explainStatusError({ code: 131026, title: "to 16505551234", details: "16505551234" });
    expect(told).toMatchObject({ code: 131026, reason: "the message cannot be delivered to this person" });
    expect(JSON.stringify(told)).not.toContain("16505551234");
    expect(JSON.stringify(explainStatusError({ title: "16505551234" }))).not.toContain("16505551234");
  });

  it("never promises that a message will be sent again: it has failed", () => {
    for (const { first } of ERROR_TABLE) {
      const { advice } = explainStatusError({ code: first });
      expect(advice, `code ${first}`).not.toMatch(/by itself|once the number|may have arrived/);
    }
    const final = ERROR_TABLE.filter(({ entry }) => entry.class === "final");
    for (const { first, entry } of final)
      expect(explainStatusError({ code: first }).advice).toBe(entry.advice);
  });

  it("calls for a person where the account needs one, also when Meta says so later", () => {
    expect(explainStatusError({ code: 131042 })).toMatchObject({ needsHuman: true });
    expect(explainStatusError({ code: "131048" })).toMatchObject({ alerts: true, backoff: "spam" });
  });
});

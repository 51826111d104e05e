import { describe, expect, it } from "vitest";
import { mayScrape } from "#server/utils/metrics/may-scrape";

const TOKEN = "a-token-of-more-than-32-characters";

describe("mayScrape", () => {
  it("lets in who shows the token, whatever the case of the scheme", () => {
    expect(mayScrape(`Bearer ${TOKEN}`, TOKEN)).toBe(true);
    expect(mayScrape(`bearer ${TOKEN}`, TOKEN)).toBe(true);
  });

  it.each([undefined, "", TOKEN, "Bearer ", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, `Bearer  ${TOKEN}`])(
    "refuses %j",
    (header) => {
      expect(mayScrape(header, TOKEN)).toBe(false);
    },
  );

  it.each([undefined, "", "Bearer ", "Bearer undefined"])(
    "refuses %j and everybody else without a token",
    (header) => {
      expect(mayScrape(header, undefined)).toBe(false);
    },
  );
});

import { describe, expect, it } from "vitest";
import { formatTable } from "../../../../scripts/admin/format-table";
import { printable } from "#server/utils/printable";
import { snakeKeys } from "../../../../scripts/admin/snake-keys";

describe("formatTable", () => {
  it("has columns, no lines, and a sign for what there is not", () => {
    const at = new Date("2026-11-22T10:00:00.123Z");
    const rows = [
      ["ann", 5, true, at],
      ["booking-agent", null, false, undefined],
    ];
    expect(formatTable(["name", "cap", "owner", "at"], rows)).toBe(
      [
        "NAME           CAP  OWNER  AT",
        "ann            5    yes    2026-11-22T10:00:00Z",
        "booking-agent  -    no     -",
      ].join("\n"),
    );
  });

  it("obeys no escape sequence in a label", () => {
    expect(formatTable(["label"], [["\u001B[2J\u202Eoops"]])).toBe("LABEL\n\\u{1b}[2J\\u{202e}oops");
  });
});

describe("printable", () => {
  it("leaves words in any script and emoji as they are", () => {
    const line = "Grüße, 你好, שלום, 👨‍👩‍👧 ❤️";
    expect(printable(line)).toBe(line);
  });

  it("spells out what cannot be seen", () => {
    expect(printable("a\u200Bb\rc\u{E0041}")).toBe("a\\u{200b}b\\u{d}c\\u{e0041}");
  });
});

describe("snakeKeys", () => {
  it("renames the keys of one level and leaves what is below alone", () => {
    expect(snakeKeys({ waPhoneNumberId: "1", detail: { camelCase: 1 } })).toEqual({
      wa_phone_number_id: "1",
      detail: { camelCase: 1 },
    });
  });
});

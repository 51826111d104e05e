import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CHECKS } from "../../../../scripts/doctor/checks";

const FOLDERS = [
  "scripts/doctor",
  "scripts/doctor/checks",
  "scripts/doctor/database",
  "scripts/smoke",
  "scripts/smoke/steps",
];

describe("what the doctor and the smoke test say", () => {
  const texts = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(`${folder}/${name}`, "utf8")),
  );

  it("names pages that there are", () => {
    const pages = new Set(texts.flatMap((text) => text.match(/docs\/[\w/-]+\.md/g) ?? []));
    expect(pages.size).toBeGreaterThan(5);
    expect([...pages].filter((page) => !existsSync(page))).toEqual([]);
  });

  it("puts no token on a command line", () => {
    expect(texts.filter((text) => /\$META_ACCESS_TOKEN|-d pin=/.test(text))).toEqual([]);
  });

  it("is explained, check by check", () => {
    const page = readFileSync("docs/operations/doctor.md", "utf8");
    expect(CHECKS.map(({ id }) => id).filter((id) => !page.includes(`\`${id}\``))).toEqual([]);
  });
});

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt } from "../../../scripts/ensure-built";

const CONFORMANCE = fileURLToPath(new URL("../../conformance", import.meta.url));
const NAME = /"((?:test_|test:\/\/|json_schema_)[a-z0-9_/-]{4,})"/g;

async function readAll(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")));
}

describe("the built server", () => {
  let fixtureNames: string[];
  let shipped: string[];
  beforeAll(async () => {
    const sources = await readAll(CONFORMANCE);
    fixtureNames = [
      ...new Set(sources.flatMap((text) => [...text.matchAll(NAME)].map(([, name = ""]) => name))),
    ];
    const { serverFile } = await ensureBuilt(() => {});
    shipped = await readAll(dirname(serverFile));
  });

  it("has none of the conformance fixtures", () => {
    // Else the names were not found, or the server was not.
    expect(fixtureNames).toEqual(
      expect.arrayContaining([
        "test_simple_text",
        "test://static-text",
        "json_schema_2020_12_tool",
        "test_simple_prompt",
      ]),
    );
    expect(shipped.some((text) => text.includes("list_numbers"))).toBe(true);
    expect(fixtureNames.filter((name) => shipped.some((text) => text.includes(name)))).toEqual([]);
  });

  it("has no module of the tests, not even in a source map", () => {
    const traces = [
      "tests/conformance",
      "create-fixture-surface",
      "createFixtureSurface",
      "open-fixture-app",
    ];
    expect(shipped.some((text) => text.includes("create-surface.ts"))).toBe(true);
    expect(traces.filter((trace) => shipped.some((text) => text.includes(trace)))).toEqual([]);
  });
});

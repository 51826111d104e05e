import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getDefault } from "valibot";
import { describe, expect, it } from "vitest";
import { EnvironmentSchema } from "#server/utils/config-schema";

const pathOf = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const read = (name: string): string => readFileSync(pathOf(name), "utf8");

const NAMES = Object.keys(EnvironmentSchema.entries).toSorted();
// By what the schema takes when a name is not set; undefined where it needs one, or works without.
const DEFAULTS = new Map<string, unknown>(
  Object.entries(EnvironmentSchema.entries).map(([name, entry]) => [name, getDefault(entry)]),
);

describe("docs/configuration.md", () => {
  const rows = read("docs/configuration.md")
    .split("\n")
    .filter((line) => /^\| `[A-Z]/.test(line))
    .flatMap((line) => {
      const [, names = "", defaults = ""] = line.split("|");
      const values = [...defaults.matchAll(/`([^`]*)`/g)].map(([, value]) => value);
      return [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = ""], at) => ({ name, value: values[at] }));
    });

  it("has every name of the schema, once, and no other", () => {
    expect(rows.map(({ name }) => name).toSorted()).toEqual(NAMES);
  });

  it("says the defaults that the schema has", () => {
    const wrong = rows.filter(({ name, value }) => {
      const given = DEFAULTS.get(name) || undefined;
      return given !== undefined && value !== given;
    });
    expect(wrong).toEqual([]);
  });
});

describe(".env.example", () => {
  const lines = [...read(".env.example").matchAll(/^(# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, comment, name = "", value = ""]) => ({ name, value, isOff: comment !== undefined }),
  );

  it("has every name of the schema, once", () => {
    const names = lines.map(({ name }) => name);
    expect(NAMES.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("has no other name that nothing reads", () => {
    const shipped = readdirSync(pathOf("deploy"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const pages = ["docker-compose.yml", "docker-compose.prod.yml", "docs/operations/deploy.md"].map(pathOf);
    const files = [...shipped, ...pages].map((path) => readFileSync(path, "utf8"));
    const isRead = (name: string) =>
      NAMES.includes(name) || files.some((text) => new RegExp(`\\b${name}\\b`).test(text));
    expect(lines.map(({ name }) => name).filter((name) => !isRead(name))).toEqual([]);
  });

  it("shows the defaults where a name may be left out", () => {
    const wrong = lines.filter(
      ({ name, value, isOff }) => isOff && value !== "" && (DEFAULTS.get(name) ?? value) !== value,
    );
    expect(wrong).toEqual([]);
  });
});

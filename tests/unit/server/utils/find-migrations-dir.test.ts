import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findMigrationsDir } from "#server/utils/find-migrations-dir";

let root: string;
const script = process.argv[1];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "migrations-"));
  process.argv[1] = join(root, "server/index.mjs");
  vi.spyOn(process, "cwd").mockReturnValue(join(root, "repository"));
});
afterEach(() => {
  process.argv[1] = script ?? "";
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

function place(dir: string): string {
  const path = join(root, dir);
  mkdirSync(join(path, "meta"), { recursive: true });
  writeFileSync(join(path, "meta/_journal.json"), "{}");
  return path;
}

describe("findMigrationsDir", () => {
  it("finds them in the repository", () => {
    const dir = place("repository/db/migrations");
    expect(findMigrationsDir()).toBe(dir);
  });

  it("prefers those beside the built server, which are as old as the server", () => {
    place("repository/db/migrations");
    const dir = place("server/migrations");
    expect(findMigrationsDir()).toBe(dir);
  });

  it("passes over a folder without a journal", () => {
    mkdirSync(join(root, "server/migrations"), { recursive: true });
    const dir = place("repository/db/migrations");
    expect(findMigrationsDir()).toBe(dir);
  });

  it("refuses to go on without any", () => {
    expect(() => findMigrationsDir()).toThrow("the migrations are neither beside the server nor in");
  });
});

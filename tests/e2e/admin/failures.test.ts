import { writeFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase } from "#tests/helpers/postgres/create-test-database";
import { openAdminDesk, type AdminDesk } from "./open-admin-desk";

let desk: AdminDesk;
beforeAll(async () => {
  desk = await openAdminDesk();
});
afterAll(() => desk?.close());

/** Runs a command that must fail with one line on stderr. */
async function failure(args: string[], env: Record<string, string> = {}) {
  const { stdout, stderr, code } = await desk.run(args, { env });
  expect(stdout).toBe("");
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  return { code, line: stderr.trimEnd() };
}

describe("a wrong command line", () => {
  it.each([
    [[], 'Run "wamcp-admin --help"'],
    [["clients"], "The commands are create, list, set, disable, enable."],
    [["clients", "destroy"], "The commands are create, list, set, disable, enable."],
    [["--json", "clients", "list"], "Name the command first"],
    [["clients", "create"], "NAME"],
    [["clients", "create", "ann", "bob"], "There is a word too many"],
    [["clients", "create", "ann", "--colour", "red"], "Unknown option '--colour'."],
    [["clients", "create", "ann", "--daily-cap", "many"], "--daily-cap must be a whole number."],
    [["clients", "create", "ann", "--daily-cap", "-5"], "--daily-cap"],
    [["keys", "mint", "ann"], "--label"],
    [["keys", "mint", "ann", "--label", ""], "--label is empty."],
    [["keys", "mint", "ann", "--label", "a", "--expires-in", "soon"], "--expires-in must be a time span"],
    [["keys", "mint", "ann", "--label", "a", "--expires-in", "99999d"], "--expires-in must be a time span"],
    [["grants", "add", "ann", "101", "--visibility", "some"], "Expected one of: own, all."],
    [["audit", "export", "--since", "2026-11-22T10:00:00"], "--since must be a day"],
  ])("ends with 2 and says what to do: %j", async (args, said) => {
    const { code, line } = await failure(args);
    expect(code).toBe(2);
    expect(line).toContain(said);
    expect(line).toMatch(/Run "wamcp-admin.*--help"/);
  });
});

describe("--help", () => {
  it.each([
    [
      ["--help"],
      "USAGE wamcp-admin clients|keys|grants|numbers|conversations|media|usage|approvals|inbox|audit",
    ],
    [["keys", "-h"], "USAGE wamcp-admin keys mint|list|set|revoke|rotate|scan"],
    [["grants", "add", "--help"], "USAGE wamcp-admin grants add [OPTIONS] <CLIENT> <NUMBER>"],
  ])("needs no configuration: %j", async (args, usage) => {
    const { stdout, stderr, code } = await desk.run(args, { env: { DATABASE_URL: "", API_KEY_PEPPER: "" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(usage);
  });
});

describe("what the admin can mend", () => {
  const list = ["clients", "list"];

  it("names everything that is not configured, without values", async () => {
    const { code, line } = await failure(list, { DATABASE_URL: "", API_KEY_PEPPER: "short-and-secret" });
    expect(code).toBe(1);
    expect(line).toContain("DATABASE_URL is missing; API_KEY_PEPPER must have at least 32 characters.");
    expect(line).not.toContain("short-and-secret");
  });

  it("reads .env in the folder where it runs, below the environment", async () => {
    const file = join(desk.folder, ".env");
    const { DATABASE_URL, API_KEY_PEPPER } = desk.env;
    await writeFile(file, `DATABASE_URL=${DATABASE_URL}\nAPI_KEY_PEPPER=overridden\n`);
    const { code } = await desk.run(list, { env: { API_KEY_PEPPER: String(API_KEY_PEPPER) } });
    const { stderr } = await desk.run(list, { env: { DATABASE_URL: "postgres://127.0.0.1:1/none" } });
    await rm(file);
    expect(code).toBe(0);
    expect(stderr).toContain("The database cannot be reached.");
  });

  it("says that the database is not migrated, and does not migrate it", async () => {
    const empty = await createTestDatabase();
    const { code, line } = await failure(list, { DATABASE_URL: empty.url });
    const tables = await failure(["keys", "mint", "ann", "--label", "a"], { DATABASE_URL: empty.url });
    await empty.drop();
    expect(code).toBe(1);
    expect(line).toContain("The database is not migrated");
    expect(tables.line).toContain("Start the server once");
  });

  it("says that the database is away, or refuses the login", async () => {
    const away = await failure(list, { DATABASE_URL: "postgres://wamcp:secret@127.0.0.1:1/wamcp" });
    expect(away).toMatchObject({ code: 1 });
    expect(away.line).toContain(
      "The database cannot be reached. Check DATABASE_URL, and that PostgreSQL runs.",
    );
    const nowhere = new URL(String(desk.env.DATABASE_URL));
    nowhere.pathname = "/no_such_database";
    expect((await failure(list, { DATABASE_URL: nowhere.href })).line).toContain(
      "The database does not exist.",
    );
    const garbled = await failure(list, { DATABASE_URL: "postgres://wamcp:sec#ret@127.0.0.1:1/wamcp" });
    expect(garbled.line).toContain("DATABASE_URL is no URL.");
    for (const { line } of [away, garbled]) expect(line).not.toMatch(/secret|sec#ret/);
  });

  it("says what to do about what is not there", async () => {
    const { code, line } = await failure(["clients", "disable", "nobody"]);
    expect(code).toBe(1);
    expect(line).toBe('wamcp-admin: There is no client with this name or id. "clients list" shows them all.');
  });

  it("does not repeat a key that was put in the wrong place", async () => {
    const token = `wamcp_live_${"a".repeat(40)}`;
    for (const args of [
      ["keys", "revoke", token],
      ["clients", "disable", token],
      ["keys", "list", "a", token],
    ])
      expect((await failure(args)).line).not.toContain(token);
  });
});

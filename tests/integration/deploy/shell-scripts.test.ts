import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** What an operator calls by hand. */
const COMMANDS = [
  "deploy/secrets",
  "deploy/backup",
  "deploy/systemd",
  "deploy/install.sh",
  "deploy/update.sh",
];
const SHELL = /^#!(?:\/usr\/bin\/env bash|\/bin\/(?:ba)?sh)\n|^(?:#.*\n)*# shellcheck shell=/;

let scripts: string[];

beforeAll(async () => {
  scripts = [];
  for (const folder of ["deploy", ".ci", "dev"]) {
    const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((found) => found.isFile())) {
      const path = join(entry.parentPath, entry.name);
      if (SHELL.test((await readFile(path, "utf8")).slice(0, 1_000))) scripts.push(relative(ROOT, path));
    }
  }
});

describe("every shell script", { timeout: 60_000 }, () => {
  it.runIf(hasPrograms("shellcheck"))("has nothing that shellcheck complains about", async () => {
    expect(scripts.length).toBeGreaterThan(10);
    const paths = scripts.map((script) => join(ROOT, script));

    const { stdout, stderr } = await runProgram("shellcheck", [
      "--external-sources",
      "--source-path=SCRIPTDIR",
      ...paths,
    ]);

    expect(stdout + stderr).toBe("");
  });

  it("that an operator calls explains itself, stops at the first failure, and refuses what it does not know", async () => {
    const commands = scripts.filter(
      (script) => COMMANDS.some((command) => script.startsWith(command)) && !script.endsWith("lib.sh"),
    );
    expect(commands.length).toBeGreaterThanOrEqual(9);
    for (const command of commands) {
      const path = join(ROOT, command);
      const help = await runProgram(path, ["--help"]);
      expect(help, command).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout, command).toMatch(/^Usage: /);
      expect(await readFile(path, "utf8"), command).toContain("set -euo pipefail");
      const refusal = await runProgram(path, ["--no-such-option"]);
      expect(refusal.code, command).not.toBe(0);
    }
  });
});

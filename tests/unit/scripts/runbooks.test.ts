import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../../scripts/admin/commands";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FOLDER = join(ROOT, "docs/operations");

let pages: { readonly name: string; readonly text: string }[];

beforeAll(async () => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".md"));
  pages = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(FOLDER, name), "utf8") })),
  );
});

const find = (pattern: RegExp): { readonly page: string; readonly words: string[] }[] =>
  pages.flatMap(({ name, text }) =>
    [...text.matchAll(pattern)].map(([, ...words]) => ({ page: name, words: words.map(String) })),
  );

// What a runbook says is tried for the first time in the night in which it is needed.
describe("a runbook", () => {
  it("links to pages that exist", () => {
    const links = find(/\]\((?!https?:|#)([^)#]+)/g);
    expect(links.length).toBeGreaterThan(10);
    const dead = links.filter(({ words: [path = ""] }) => !existsSync(join(FOLDER, path)));
    expect(dead).toEqual([]);
  });

  it("names files that are shipped", () => {
    const files = find(/(?<![\w/-])(deploy\/[\w./-]*\w)/g);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter(({ words: [path = ""] }) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("names units that are installed", () => {
    const units = find(/(?:systemctl \w[\w -]*|-u )(whatsapp-mcp[\w-]*(?:\.(?:service|timer))?)/g);
    expect(units.length).toBeGreaterThan(10);
    const isUnit = (name: string) =>
      [name, `${name}.service`].some((file) => existsSync(join(ROOT, "deploy/systemd", file)));
    expect(units.filter(({ words: [name = ""] }) => !isUnit(name))).toEqual([]);
  });

  it("calls commands of the admin's program that exist", () => {
    const calls = find(/\badmin (\w+) ([a-z-]+)/g).filter(
      ({ words: [group = ""] }) => group in COMMANDS.commands,
    );
    expect(calls.length).toBeGreaterThan(5);
    const unknown = calls.filter(({ words: [group = "", command = ""] }) => {
      const found = COMMANDS.commands[group];
      return !(found && "commands" in found && command in found.commands);
    });
    expect(unknown).toEqual([]);
  });

  it("gives them what they need", () => {
    const lines = find(/^ *admin (\w+) ([a-z-]+) ?((?:.*\\\n)*.*)$/gm);
    expect(lines.length).toBeGreaterThan(5);
    const refused = lines.filter(({ words: [group = "", command = "", rest = ""] }) => {
      const found = COMMANDS.commands[group];
      const call = found && "commands" in found ? found.commands[command] : undefined;
      const words = rest.replaceAll("\\\n", " ").replaceAll(/<[^>]+>/g, "1");
      const args = [...words.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
      return !isTaken(() => call && "prepare" in call && call.prepare(args));
    });
    expect(refused).toEqual([]);
  });

  it("puts no secret on a command line, where everybody on the host sees it", () => {
    expect(find(/(Bearer \$[A-Z]|\$META_ACCESS_TOKEN|-d (?:pin|code)=)/g)).toEqual([]);
  });

  it("keeps the server from coming back by itself while the database goes back to a moment", () => {
    const [, text = ""] =
      pages.find(({ name }) => name === "backups.md")?.text.split("\nTo go back to a moment") ?? [];
    const steps = [
      "systemctl disable --now whatsapp-mcp",
      "deploy/backup/prepare-recovery",
      "deploy/backup/after-restore.sql",
      "10-set-logins.sh",
      "systemctl enable --now whatsapp-mcp",
    ].map((command) => text.indexOf(command));
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps).not.toContain(-1);
    expect(text).not.toMatch(/docker compose up -d --wait(?! postgres)/);
  });
});

function isTaken(prepare: () => unknown): boolean {
  try {
    return Boolean(prepare());
  } catch {
    return false;
  }
}

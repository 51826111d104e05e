import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runProgram } from "#tests/helpers/deploy/run-program";

const read = (name: string) => readFile(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), "utf8");

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "backup-copies-"));
});

afterEach(() => rm(folder, { recursive: true }));

// What install.sh has written, and what backups.md does to it.
it("has rsync take the key and the known host that the page makes", async () => {
  const page = await read("docs/operations/backups.md");
  const [, line = ""] = /"(# RSYNC_RSH=.*)"\)"$/m.exec(await read("deploy/install.sh")) ?? [];
  const file = join(folder, "backup.env");
  await writeFile(file, `BACKUP_REMOTE=\n${line.replaceAll("$HOME_CONFIG", "/etc/whatsapp-mcp")}\n`);
  const [, command = ""] = /`(sed -i [^`]*)`/.exec(page) ?? [];
  await runProgram("bash", ["-c", command.replace("/etc/whatsapp-mcp/backup.env", file)]);
  const { stdout } = await runProgram("bash", ["-c", `. ${file} && printf %s "$RSYNC_RSH"`]);
  expect(stdout).toMatch(/^ssh /);
  const [, key = "", hosts = ""] = / -i (\S+) -o UserKnownHostsFile=(\S+)$/.exec(stdout) ?? [];
  expect(page).toContain(`ssh-keygen -q -t ed25519 -N '' -f ${key}`);
  expect(page).toMatch(new RegExp(`ssh-keyscan .*>${hosts}`));
});

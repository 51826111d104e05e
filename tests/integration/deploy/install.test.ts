import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";

const INSTALL = fileURLToPath(new URL("../../../deploy/install.sh", import.meta.url));
const FAKE = fileURLToPath(new URL("fake-host.sh", import.meta.url));
const FAKED = [
  "apt-get",
  "dpkg-query",
  "docker",
  "getent",
  "groupadd",
  "useradd",
  "ufw",
  "sshd",
  "sysctl",
  "systemctl",
];
const isRoot = process.getuid?.() === 0;

let folder: string;
let root: string;

const install = (...args: string[]) =>
  runProgram(INSTALL, args, {
    WAMCP_ROOT: root,
    STATE: join(folder, "state"),
    PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
  });

const readCalls = () => readFile(join(folder, "state/calls"), "utf8").catch(() => "");

/** Every path with its mode and content. */
async function describeTree(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mode, mtimeMs } = await stat(path);
    return `${path} ${mode.toString(8)} ${entry.isFile() ? `${mtimeMs} ${await readFile(path, "utf8")}` : ""}`;
  });
  return (await Promise.all(lines)).sort();
}

describe.runIf(hasPrograms("bash", "age-keygen"))("install.sh", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "wamcp-install-"));
    root = join(folder, "root");
    for (const name of ["state", "bin", "root"]) await mkdir(join(folder, name));
    await copyFile(FAKE, join(folder, "bin/fake-host.sh"));
    for (const name of FAKED) await symlink("fake-host.sh", join(folder, "bin", name));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("only says what it would do in a dry run", async () => {
    const { code, stdout } = await install("--dry-run", "--point-in-time");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^would install age .* docker\.io docker-compose-v2 docker-buildx$/m);
    expect(stdout).toContain("would let port 2222 in");
    expect(stdout).toContain("would enable whatsapp-mcp.service");
    expect(stdout).toMatch(/^\d\d changes would be made; nothing was changed$/m);
    expect(stdout.split("\n").filter((line) => line && !/^would |^\d+ changes/.test(line))).toEqual([]);
    expect(await readCalls()).toBe("");
    expect(await describeTree()).toEqual([]);
  });

  it.runIf(isRoot)("makes a host ready, and finds nothing to do the second time", async () => {
    const first = await install();

    expect(first.code, first.stderr).toBe(0);
    expect(await readCalls()).toMatch(/ufw allow 2222\/tcp\nufw allow 80\/tcp\nufw allow 443\/tcp\n/);
    expect(await readCalls()).not.toContain("whatsapp-mcp-wal");
    const mode = async (path: string) => ((await stat(join(root, path))).mode & 0o777).toString(8);
    expect(await mode("etc/whatsapp-mcp")).toBe("700");
    expect(await mode("etc/whatsapp-mcp/age.key")).toBe("600");
    expect(await mode("opt/whatsapp-mcp/.env")).toBe("600");
    const recipient = (await readFile(join(root, "etc/whatsapp-mcp/recipients.txt"), "utf8")).trim();
    expect(recipient).toMatch(/^age1[a-z0-9]+$/);
    expect(first.stdout).toContain(recipient);
    expect(first.stdout).not.toContain("AGE-SECRET-KEY");

    const before = [await describeTree(), await readCalls()];
    const second = await install();
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("0 changes were made") });
    expect([await describeTree(), await readCalls()]).toEqual(before);
    expect((await install("--dry-run")).stdout).toContain("0 changes would be made");
  });

  it.runIf(isRoot)(
    "leaves the owner's settings as they are, and mends what is not as it should be",
    async () => {
      await install();
      const env = join(root, "opt/whatsapp-mcp/.env");
      const key = join(root, "etc/whatsapp-mcp/age.key");
      const secret = await readFile(key, "utf8");
      await runProgram("bash", [
        "-c",
        'echo DOMAIN=wa.example.com >"$1"; chmod 644 "$2"; rm "$3"',
        "bash",
        env,
        key,
        join(root, "etc/systemd/system/whatsapp-mcp.service"),
      ]);

      const { stdout } = await install();

      expect(stdout).toContain("5 changes were made");
      expect(await readFile(env, "utf8")).toBe(
        "DOMAIN=wa.example.com\nCOMPOSE_FILE=docker-compose.yml:docker-compose.prod.yml\n",
      );
      expect((await stat(key)).mode & 0o777).toBe(0o600);
      expect(await readFile(key, "utf8")).toBe(secret);
      expect(await readCalls()).toMatch(
        /systemctl daemon-reload\nsystemctl reenable --quiet whatsapp-mcp\.service\n$/,
      );
    },
  );
});

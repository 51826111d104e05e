import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "#server/utils/config";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";

const DEPLOY = fileURLToPath(new URL("../../../deploy/secrets/", import.meta.url));
const GIVEN = { "meta-app-secret": "app-secret-1", "meta-access-token": "token-1" };

let folder: string;
/** In memory, as the scripts insist. */
let memory: string;

/** Also where sops is installed. */
const env = () => ({
  WAMCP_CONFIG_DIR: folder,
  WAMCP_SECRETS_FILE: join(folder, "secrets.age"),
  WAMCP_RUN_DIR: memory,
  WAMCP_INSTALL_DIR: folder,
});
const secrets = (args: string[], input = "") => runProgram(`${DEPLOY}secrets`, args, env(), input);
const decrypt = (...args: string[]) => runProgram(`${DEPLOY}decrypt-secrets`, args, env());

async function makeKey(path: string): Promise<string> {
  await runProgram("age-keygen", ["-o", path]);
  return (await runProgram("age-keygen", ["-y", path])).stdout;
}

async function fillIn(): Promise<void> {
  await secrets(["generate"]);
  for (const [name, value] of Object.entries(GIVEN)) await secrets(["set", name], value);
}

/** What the containers would see. */
async function readFiles(): Promise<Record<string, string>> {
  await decrypt();
  const names = await readdir(join(memory, "secrets"));
  const read = async (name: string) => [name, await readFile(join(memory, "secrets", name), "utf8")] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}

describe.runIf(hasPrograms("age", "age-keygen", "bash"))("secrets", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "wamcp-secrets-"));
    memory = await mkdtemp("/dev/shm/wamcp-");
    await writeFile(join(folder, "recipients.txt"), await makeKey(join(folder, "age.key")));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await rm(memory, { recursive: true, force: true });
  });

  it("makes files that the server can be configured with", async () => {
    await fillIn();

    const files = await readFiles();

    const names = Object.keys(files);
    const environment = Object.fromEntries(
      names
        .filter((name) => !name.endsWith("password"))
        .map((name) => [name.toUpperCase().replaceAll("-", "_"), `secrets://${name}`]),
    );
    const config = readConfig({ ...environment, SECRETS_DIR: join(memory, "secrets") });
    expect(config.meta).toEqual({
      appSecrets: ["app-secret-1"],
      verifyToken: files["meta-verify-token"],
      accessToken: "token-1",
    });
    expect(config.databaseUrl).toBe(
      `postgres://wamcp_system_login:${files["database-system-password"]}@postgres:5432/wamcp`,
    );
    const modes = await Promise.all(
      names.map(async (name) => (await stat(join(memory, "secrets", name))).mode),
    );
    expect(new Set(modes.map((mode) => mode & 0o777))).toEqual(new Set([0o400]));
    expect((await stat(join(memory, "secrets"))).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.getuid?.() === 0)("gives each file to the one user who reads it", async () => {
    await fillIn();
    await decrypt();

    const owner = async (name: string) => (await stat(join(memory, "secrets", name))).uid;

    expect([await owner("database-url"), await owner("postgres-password")]).toEqual([10_001, 70]);
  });

  it("keeps no secret in plain text on the disk, and shows none", async () => {
    await secrets(["generate"]);
    const shown = await Promise.all([secrets(["set", "meta-access-token"], "token-1"), secrets(["list"])]);

    const kept = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")),
    );

    expect(await readdir(folder)).toEqual(["age.key", "recipients.txt", "secrets.age"]);
    expect([...kept, ...shown.map(({ stdout, stderr }) => stdout + stderr)].join()).not.toContain("token-1");
  });

  it("opens with the keys it was made for and with no other", async () => {
    const owner = join(folder, "owner.key");
    await fillIn();
    await writeFile(join(folder, "recipients.txt"), await makeKey(owner), { flag: "a" });
    expect(await secrets(["reencrypt"])).toMatchObject({ code: 0 });
    await makeKey(join(folder, "other.key"));

    const open = async (key: string) =>
      (await runProgram("age", ["--decrypt", "-i", join(folder, key), join(folder, "secrets.age")])).code;

    expect([await open("age.key"), await open("owner.key"), await open("other.key")]).toEqual([0, 0, 1]);
  });

  it("changes one secret and no other when it is rotated", async () => {
    await fillIn();
    const before = await readFiles();

    await secrets(["rotate", "media-url-secret"]);
    const after = await readFiles();

    expect(after).toEqual({ ...before, "media-url-secret": expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(after["media-url-secret"]).not.toBe(before["media-url-secret"]);
  });

  it("keeps the old value beside the new one where the server takes both, until the change is finished", async () => {
    await fillIn();
    const before = await readFiles();

    await secrets(["rotate", "meta-app-secret"], "app-secret-2");
    await secrets(["rotate", "api-key-pepper"]);
    await secrets(["rotate", "inngest-signing-key"]);
    const during = await readFiles();

    expect(during).toMatchObject({
      "meta-app-secret": "app-secret-2,app-secret-1",
      "api-key-pepper-previous": before["api-key-pepper"],
      "api-key-pepper-version": "2",
      "inngest-signing-key-fallback": before["inngest-signing-key"],
    });
    // There is room for one old value: a second rotation would push out the one that still runs.
    for (const name of ["meta-app-secret", "api-key-pepper", "inngest-signing-key"]) {
      const again = await secrets(["rotate", name], "app-secret-3");
      expect(again, name).toMatchObject({ code: 1, stderr: expect.stringContaining(`finish ${name}`) });
    }
    expect(await readFiles()).toEqual(during);

    for (const name of ["meta-app-secret", "api-key-pepper", "inngest-signing-key"])
      await secrets(["finish", name]);
    expect(await readFiles()).toMatchObject({
      "meta-app-secret": "app-secret-2",
      "api-key-pepper": during["api-key-pepper"],
      "api-key-pepper-previous": "",
      "api-key-pepper-version": "2",
      "inngest-signing-key-fallback": "",
    });
  });

  it("takes what an editor saved, when it has the right form", async () => {
    await fillIn();
    const editor = join(folder, "editor");
    await writeFile(
      editor,
      `#!/bin/sh\nsed -i "s/^meta-access-token=.*/$EDIT/" "$1"\ncase $1 in /dev/shm/*) ;; *) exit 9 ;; esac\n`,
      { mode: 0o755 },
    );
    const edit = (line: string) =>
      runProgram(`${DEPLOY}secrets`, ["edit"], { ...env(), EDITOR: editor, EDIT: line });

    expect(await edit("meta-acces-token=token-2")).toMatchObject({ code: 1 });
    expect((await readFiles())["meta-access-token"]).toBe("token-1");
    expect(await edit("meta-access-token=token-2")).toMatchObject({ code: 0 });
    expect((await readFiles())["meta-access-token"]).toBe("token-2");
    expect(await readdir(memory)).toEqual(["secrets"]);
  });

  it("lead to a database elsewhere when .env says so, whoever runs the script", async () => {
    await fillIn();
    const address = "db.example.com:6432/wamcp?sslmode=verify-full";
    await writeFile(join(folder, ".env"), `DOMAIN=wa.example.com\nWAMCP_DATABASE_ADDRESS=${address}\n`);

    const files = await readFiles();

    for (const name of ["database-url", "database-owner-url", "database-client-url", "database-archiver-url"])
      expect(files[name]).toMatch(
        /^postgres:\/\/wamcp_[a-z]+_login:[0-9a-f]{64}@db\.example\.com:6432\/wamcp\?/,
      );
    expect(files["inngest-database-url"]).toContain("@inngest-postgres:5432/inngest");
    await writeFile(join(folder, ".env"), "WAMCP_DATABASE_ADDRESS=db.example.com\n");
    expect(await decrypt()).toMatchObject({ code: 1, stderr: expect.stringContaining("host:port/database") });
  });

  it("can be opened after every step in which the host's key is replaced", async () => {
    await fillIn();
    const [key, next] = [join(folder, "age.key"), join(folder, "age.key.new")];
    const script = (text: string) => runProgram("bash", ["-euc", text, "bash", folder], env());
    const steps = [
      `age-keygen -o "$1/age.key.new"; age-keygen -y "$1/age.key.new" >>"$1/recipients.txt"`,
      `"${DEPLOY}secrets" reencrypt`,
      `age-keygen -y "$1/age.key" >"$1/old.pub"; mv "$1/age.key.new" "$1/age.key"`,
      `grep -vFf "$1/old.pub" "$1/recipients.txt" >"$1/recipients.new"; mv "$1/recipients.new" "$1/recipients.txt"`,
      `"${DEPLOY}secrets" reencrypt`,
    ];
    const old = await readFile(key, "utf8");
    for (const step of steps) {
      expect(await script(step), step).toMatchObject({ code: 0 });
      expect(await decrypt(), step).toMatchObject({ code: 0 });
    }

    await writeFile(next, old, { mode: 0o600 });
    const byOldKey = { ...env(), WAMCP_AGE_KEY: next };
    expect(await runProgram(`${DEPLOY}decrypt-secrets`, ["--check"], byOldKey)).toMatchObject({ code: 1 });
  });

  it("refuses a key that others may read, and changes no file then", async () => {
    await fillIn();
    const before = await readFiles();
    await secrets(["rotate", "media-url-secret"]);
    await chmod(join(folder, "age.key"), 0o640);

    const ending = await decrypt();

    expect(ending).toMatchObject({ code: 1, stderr: expect.stringContaining("may be read by others") });
    expect(await readFile(join(memory, "secrets/media-url-secret"), "utf8")).toBe(before["media-url-secret"]);
  });

  it("names what is missing, and writes nothing until everything is there", async () => {
    await secrets(["generate"]);

    const ending = await decrypt();

    expect(ending).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/meta-app-secret.*meta-access-token/),
    });
    expect(await readdir(memory)).toEqual([]);
  });

  it("refuses a changed file, a folder on the disk, and values that would not survive", async () => {
    await fillIn();
    const onDisk = join(folder, "run");
    await mkdir(onDisk);
    const refused = await runProgram(`${DEPLOY}decrypt-secrets`, [], { ...env(), WAMCP_RUN_DIR: onDisk });
    expect(refused.stderr).toContain("not in memory");
    expect(await readdir(join(onDisk, "secrets"))).toEqual([]);

    expect((await secrets(["set", "alert-url"], "one\ntwo")).code).toBe(1);
    expect((await secrets(["set", "no-such-name"], "one")).code).toBe(1);
    await secrets(["set", "database-client-password"], "p@ss/word:with#signs");
    expect((await decrypt()).stderr).toContain("database-client-password");

    const file = join(folder, "secrets.age");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.slice(0, 600) + (text[600] === "A" ? "B" : "A") + text.slice(601));
    expect((await decrypt()).code).toBe(1);
  });
});

import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";

const SECRETS = fileURLToPath(new URL("../../../deploy/secrets/secrets", import.meta.url));
const FAKE = fileURLToPath(new URL("fake-sops.sh", import.meta.url));

let folder: string;

const secrets = (args: string[], more: NodeJS.ProcessEnv = {}, input = "") =>
  runProgram(
    SECRETS,
    args,
    { WAMCP_CONFIG_DIR: folder, PATH: `${join(folder, "bin")}:${process.env["PATH"]}`, ...more },
    input,
  );

const listFiles = async () => (await readdir(folder)).filter((name) => name.startsWith("secrets."));

describe.runIf(hasPrograms("age", "age-keygen", "bash"))("secrets convert", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "wamcp-convert-"));
    await mkdir(join(folder, "bin"));
    await runProgram("age-keygen", ["-o", join(folder, "age.key")]);
    const { stdout } = await runProgram("age-keygen", ["-y", join(folder, "age.key")]);
    await writeFile(join(folder, "recipients.txt"), stdout);
    await secrets(["generate"], { WAMCP_SECRETS_FILE: join(folder, "secrets.age") });
    await copyFile(FAKE, join(folder, "bin/sops"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("changes over to SOPS and back, and loses no value", async () => {
    const before = await secrets(["list"]);
    expect(before.stdout).toContain("media-url-secret\n");

    expect(await secrets(["convert"])).toMatchObject({ code: 0, stderr: "" });
    expect(await listFiles()).toEqual(["secrets.enc.yaml"]);
    expect(await secrets(["list"])).toEqual(before);
    expect(await secrets(["set", "alert-url"], {}, "https://example.com")).toMatchObject({ code: 0 });

    expect(await secrets(["convert"])).toMatchObject({ code: 0, stderr: "" });
    expect(await listFiles()).toEqual(["secrets.age"]);
    expect((await secrets(["list"])).stdout).toContain("alert-url\n");
  });

  it("keeps the old file when the new one does not say the same", async () => {
    const file = join(folder, "secrets.age");
    const before = await readFile(file, "utf8");

    const ending = await secrets(["convert"], { BROKEN: "1" });

    expect(ending).toMatchObject({ code: 1, stderr: expect.stringContaining("stays in use") });
    expect(await listFiles()).toEqual(["secrets.age"]);
    expect(await readFile(file, "utf8")).toBe(before);
  });
});

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "#tests/helpers/deploy/run-program";

const SHIPPED = fileURLToPath(new URL("../../../deploy/update.sh", import.meta.url));
const FAKE = fileURLToPath(new URL("fake-docker.sh", import.meta.url));

let folder: string;

/** `before` runs in the process that becomes update.sh. */
const update = (before = "") =>
  runProgram("bash", ["-c", `${before}\nexec "$0" --no-build`, join(folder, "deploy/update.sh")], {
    STATE: folder,
    PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
  });

const readServers = () => readFile(join(folder, "servers"), "utf8");

describe("update.sh", () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "wamcp-update-"));
    for (const name of ["bin", "deploy"]) await mkdir(join(folder, name));
    // A copy, because it locks the folder that it updates.
    await copyFile(SHIPPED, join(folder, "deploy/update.sh"));
    await copyFile(FAKE, join(folder, "bin/docker"));
    await writeFile(join(folder, "servers"), "old\n");
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("removes the old servers when the new ones are healthy", async () => {
    expect(await update()).toMatchObject({ code: 0, stdout: "1 servers were replaced\n", stderr: "" });
    expect(await readServers()).toBe("new2\n");
    expect(await readFile(join(folder, "calls"), "utf8")).toBe("sync\n");
  });

  it("leaves as many as are wanted, also after an update that was cut off between the new and the old", async () => {
    await writeFile(join(folder, "servers"), "old1\nold2\nhalf1\nhalf2\nhalf3\n");
    await writeFile(join(folder, "replicas"), "2");

    expect(await update()).toMatchObject({ code: 0, stdout: "2 servers were replaced\n" });
    expect(await readServers()).toBe("new6\nnew7\n");
  });

  it("does not bring back a server that such an update had stopped", async () => {
    await writeFile(join(folder, "servers"), "old\nstopped\n");

    expect(await update()).toMatchObject({ code: 0, stdout: "1 servers were replaced\n" });
    expect(await readServers()).toBe("new2\n");
  });

  it("refuses to run beside another one, and touches nothing then", async () => {
    const other = `exec 8<"${folder}"; flock --nonblock 8`;

    expect(await update(other)).toMatchObject({
      code: 1,
      stderr: "update.sh: another update is under way\n",
    });
    expect(await readServers()).toBe("old\n");
  });

  it("says when Inngest was not told of the new functions", async () => {
    await writeFile(join(folder, "sync"), "1");

    const { code, stderr } = await update();

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "update.sh: Inngest may not know this release's functions: docker compose exec app node start.mjs sync\n",
    });
    expect(await readServers()).toBe("new2\n");
  });

  it("removes the new ones when they could not be started", async () => {
    await writeFile(join(folder, "up"), "17");

    const { code, stderr } = await update();

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "update.sh: the new servers could not be started; the old ones go on\n",
    });
    expect(await readServers()).toBe("old\n");
  });

  it("removes the new ones when it is interrupted while they start", async () => {
    await writeFile(join(folder, "health"), "starting");

    expect(await update('echo $$ >"$STATE/interrupt"')).toMatchObject({ code: 143 });
    expect(await readServers()).toBe("old\n");
  });
});

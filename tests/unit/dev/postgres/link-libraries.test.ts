import { mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { linkLibraries } from "#dev/postgres/link-libraries";

let folder: string;
let native: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "link-libraries-"));
  native = join(folder, "native");
  await mkdir(join(native, "lib"), { recursive: true });
  await writeFile(join(native, "lib", "libx.so.1.2"), "");
  const links = [
    { source: "native/lib/libx.so.1.2", target: "native/lib/libx.so.1" },
    { source: "native/lib/libx.so.1.2", target: "native/lib/libx.so" },
  ];
  await writeFile(join(native, "pg-symlinks.json"), JSON.stringify(links));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("linkLibraries", () => {
  it("makes links that survive a move of the folder", async () => {
    await linkLibraries(native);
    expect(await readlink(join(native, "lib", "libx.so.1"))).toBe("libx.so.1.2");
    expect(await readlink(join(native, "lib", "libx.so"))).toBe("libx.so.1.2");
  });

  it("may be done twice at once", async () => {
    await expect(Promise.all([linkLibraries(native), linkLibraries(native)])).resolves.toHaveLength(2);
    await expect(linkLibraries(native)).resolves.toBeUndefined();
  });

  it("reports a link that cannot be made", async () => {
    await rm(join(native, "lib"), { recursive: true });
    await expect(linkLibraries(native)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

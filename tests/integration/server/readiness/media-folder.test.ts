import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { checkMediaFolder } from "#server/utils/readiness/check-media-folder";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "wamcp-media-"));
  return () => rm(folder, { recursive: true, force: true });
});

const space = (freeBytes: number) => async () => ({ freeBytes, totalBytes: 1e12 });

describe("checkMediaFolder", () => {
  it("makes the folder", async () => {
    expect(await checkMediaFolder(join(folder, "a/b"), space(1e11))).toEqual({ state: "ok" });
  });

  it("is degraded below a gigabyte", async () => {
    expect(await checkMediaFolder(folder, space(1024 ** 3 - 1))).toEqual({
      state: "degraded",
      code: "disk_low",
    });
  });
});

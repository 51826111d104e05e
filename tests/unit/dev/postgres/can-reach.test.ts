import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { canReach } from "#dev/postgres/can-reach";

const OWNER = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const STRANGER = { uid: 54_321, gid: 54_321 };

let closed: string;
let inner: string;

beforeEach(async () => {
  closed = await mkdtemp(join(tmpdir(), "can-reach-"));
  inner = join(closed, "inner");
  await mkdir(inner);
  await chmod(inner, 0o755);
  await chmod(closed, 0o700);
});

afterEach(async () => {
  await rm(closed, { recursive: true });
});

describe("canReach", () => {
  it("stops a stranger at a closed folder above an open one", async () => {
    expect(await canReach(inner, STRANGER)).toBe(false);
  });

  it("lets the owner pass", async () => {
    expect(await canReach(inner, OWNER)).toBe(true);
  });

  it("lets a stranger into the root folder", async () => {
    expect(await canReach("/", STRANGER)).toBe(true);
  });

  it("asks nothing when the programs run as this process's own user", async () => {
    expect(await canReach(inner, undefined)).toBe(true);
  });

  it("says no for a path that does not exist", async () => {
    expect(await canReach(join(inner, "missing"), OWNER)).toBe(false);
  });
});

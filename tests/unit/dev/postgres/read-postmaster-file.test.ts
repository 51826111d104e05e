import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readPostmasterFile } from "#dev/postgres/read-postmaster-file";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "read-postmaster-file-"));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

async function read(text: string): ReturnType<typeof readPostmasterFile> {
  await writeFile(join(dataDir, "postmaster.pid"), text);
  return readPostmasterFile(dataDir);
}

describe("readPostmasterFile", () => {
  it("reads the pid and the status of a running server", async () => {
    const text = "4711\n/data\n1700000000\n5432\n\n127.0.0.1\n  1234  5678\nready   \n";
    expect(await read(text)).toEqual({ pid: 4711, status: "ready" });
  });

  it("reads a file that the server has only begun", async () => {
    expect(await read("4711\n/data\n")).toEqual({ pid: 4711, status: "" });
  });

  it.each(["", "\n", "rubbish\n", "-4711\n/data\n"])("takes %j for no server", async (text) => {
    expect(await read(text)).toBeUndefined();
  });

  it("takes a missing file for no server", async () => {
    expect(await readPostmasterFile(dataDir)).toBeUndefined();
  });
});

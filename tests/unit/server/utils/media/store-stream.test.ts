import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { storeStream } from "#server/utils/media/store-stream";

const FLOOR = 1_000;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "wamcp-store-"));
});

afterEach(() => rm(root, { recursive: true }));

async function* chunksOf(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(1_000_000, index);
}
const disk = () => ({ root, keepFreeBytes: FLOOR });
const left = () => readdir(join(root, ".incoming"));

describe("storeStream", () => {
  it("takes what fits, as long as others have room", async () => {
    const stored = await storeStream(disk(), chunksOf(3), 3_000_000, async () => FLOOR);
    expect(stored.sizeBytes).toBe(3_000_000);
    await stored.keep("a/b.bin");
    expect((await readFile(join(root, "a/b.bin"))).length).toBe(3_000_000);
    expect(await left()).toEqual([]);
  });

  it("begins nothing where there is no room for others", async () => {
    let reads = 0;
    async function* body(): AsyncGenerator<Uint8Array> {
      reads += 1;
      yield Buffer.alloc(1);
    }
    await expect(storeStream(disk(), body(), 10, async () => FLOOR - 1)).rejects.toMatchObject({
      reason: "storage",
      isFinal: false,
      more: { code: "LOW_SPACE" },
    });
    expect(reads).toBe(0);
    expect(await left()).toEqual([]);
  });

  it("stops when the room runs out meanwhile, and leaves nothing", async () => {
    let looks = 0;
    const readFree = async (): Promise<number> => ((looks += 1) < 3 ? FLOOR : 0);
    await expect(storeStream(disk(), chunksOf(100), 100_000_000, readFree)).rejects.toMatchObject({
      reason: "storage",
      more: { code: "LOW_SPACE" },
    });
    expect(looks).toBe(3);
    expect(await left()).toEqual([]);
  });

  it("asks the volume itself when nobody else is named", async () => {
    const narrow = { root, keepFreeBytes: Number.MAX_SAFE_INTEGER };
    await expect(storeStream(narrow, chunksOf(1), 1_000_000)).rejects.toMatchObject({ reason: "storage" });
    const wide = { root, keepFreeBytes: 0 };
    expect(await storeStream(wide, chunksOf(1), 1_000_000)).toMatchObject({ sizeBytes: 1_000_000 });
  });

  it.each([
    ["a file in the folder's place", ".incoming"],
    ["a file in its own folder's place", "a"],
  ])("says what the disk says: %s", async (_, name) => {
    await writeFile(join(root, name), "");
    const keep = async (): Promise<void> => {
      const stored = await storeStream({ root, keepFreeBytes: 0 }, chunksOf(1), 1_000_000);
      await stored.keep("a/b.bin");
    };
    await expect(keep()).rejects.toMatchObject({
      reason: "storage",
      isFinal: false,
      more: { code: expect.stringMatching(/^E(?:EXIST|NOTDIR)$/) as string },
    });
  });

  it("leaves what the stream throws as it is", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(1);
      throw new TypeError("the stream's own");
    }
    await expect(storeStream(disk(), broken(), 10, async () => FLOOR)).rejects.toThrow(TypeError);
    expect(await left()).toEqual([]);
  });
});

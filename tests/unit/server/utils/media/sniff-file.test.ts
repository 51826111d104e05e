import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sniffFile } from "#server/utils/media/sniff-file";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { oggOf, webpOf } from "#tests/helpers/server/small-files";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wamcp-sniff-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function sniff(bytes: Buffer) {
  const path = join(folder, "file");
  await writeFile(path, bytes);
  return sniffFile(path);
}

describe("sniffFile", () => {
  it("names what it sees, and nothing that it does not", async () => {
    expect(await sniff(sampleFiles.png)).toEqual({ type: "image/png", extension: "png" });
    expect(await sniff(sampleFiles.text)).toEqual({ type: "text/plain", extension: "txt" });
    for (const bytes of [sampleFiles.html, Buffer.alloc(0), Buffer.from("RIFF")]) {
      expect((await sniff(bytes)).type).not.toBe("image/webp");
    }
    expect((await sniff(Buffer.alloc(0))).type).toBe("application/octet-stream");
  });

  it("tells Opus from what else an OGG file holds", async () => {
    expect(await sniff(oggOf("OpusHead"))).toMatchObject({ type: "audio/ogg", codec: "opus" });
    for (const head of ["\u0001vorbis", "Speex  ", "\u007fFLAC"]) {
      const found = await sniff(oggOf(head));
      expect(found).toMatchObject({ type: "audio/ogg" });
      expect(found).not.toHaveProperty("codec");
    }
  });

  it.each(["VP8 ", "VP8L", "VP8X"] as const)(
    "reads the sides of a WebP picture of the form %s",
    async (form) => {
      expect(await sniff(webpOf(form, 512, 300))).toMatchObject({
        type: "image/webp",
        webp: { isAnimated: false, width: 512, height: 300 },
      });
    },
  );

  it("sees that a WebP picture moves", async () => {
    expect((await sniff(webpOf("VP8X", 512, 512, true))).webp?.isAnimated).toBe(true);
  });
});

import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLines } from "../../../../scripts/stdio/read-lines";

const read = async (
  input: Readable,
  limitBytes?: number,
  signal = new AbortController().signal,
): Promise<string[]> => {
  const lines: string[] = [];
  const onOverlong = (limit: number): void => void lines.push(`longer than ${limit}`);
  await readLines(input, { onLine: (line) => void lines.push(line), onOverlong }, signal, limitBytes);
  return lines;
};

describe("readLines", () => {
  it("reads lines, skips blank ones, and takes a last one without a newline", async () => {
    expect(await read(Readable.from([Buffer.from("a\r\n\n  \nb\nc")]))).toEqual(["a", "b", "c"]);
  });

  it("reads the same however the bytes are cut", async () => {
    const text = fc.string({ unit: "grapheme" }).map((each) => `{${each.replaceAll(/[\r\n]/g, "")}}`);
    await fc.assert(
      fc.asyncProperty(fc.array(text), fc.integer({ min: 1, max: 7 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        expect(await read(Readable.from(chunks))).toEqual(lines);
      }),
    );
  });

  it("reads a line of several megabytes", async () => {
    const line = "x".repeat(8_000_000);
    const chunks = Array.from({ length: 125 }, (_, i) =>
      Buffer.from(line.slice(i * 64_000, (i + 1) * 64_000)),
    );
    expect(await read(Readable.from([...chunks, Buffer.from("\n")]))).toEqual([line]);
  });

  it("throws a line away that is too long, and goes on after it", async () => {
    expect(await read(Readable.from([Buffer.from("12345"), Buffer.from("6\nok\n")]), 5)).toEqual([
      "longer than 5",
      "ok",
    ]);
  });

  it("lets go of the stream when the signal aborts", async () => {
    const input = new PassThrough();
    const stop = new AbortController();
    const reading = read(input, undefined, stop.signal);
    input.write("a\n");
    stop.abort();
    await reading;
    expect(input.listenerCount("data")).toBe(0);
  });

  it("takes a read error for the end", async () => {
    const input = new PassThrough();
    const reading = read(input);
    input.write("a\n", () => input.destroy(new Error("EIO")));
    expect(await reading).toEqual(["a"]);
  });
});

import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createHostWriter } from "../../../../scripts/stdio/create-host-writer";

describe("createHostWriter", () => {
  it("writes one message per line", async () => {
    const stdout = new PassThrough();
    const writer = createHostWriter(stdout);
    await writer.write('{\n"a":\r\n1}');
    await writer.flush();
    expect(String(stdout.read())).toBe('{ "a": 1}\n');
  });

  it("holds writers back while the host does not read", async () => {
    const stdout = new PassThrough({ highWaterMark: 4 });
    const writer = createHostWriter(stdout);
    const done: number[] = [];
    // More writers than a stream takes listeners for without a warning.
    const writes = Array.from({ length: 20 }, (_, i) =>
      writer.write(`${i}`.repeat(5)).then(() => done.push(i)),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual([]);
    expect(stdout.listenerCount("drain")).toBe(1);
    stdout.resume();
    await Promise.all(writes);
    expect(done).toHaveLength(20);
  });

  it("sees that the host has gone, and lets everybody go", async () => {
    const error = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    const stdout = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => done(error) });
    const writer = createHostWriter(stdout);
    await writer.write("a");
    await writer.gone;
    await expect(writer.write("b")).resolves.toBeUndefined();
    await expect(writer.flush()).resolves.toBeUndefined();
  });
});

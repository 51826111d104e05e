import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvents, type StreamEvent } from "../../../../scripts/stdio/read-events";

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const read = async (text: string, sizes: readonly number[] = []): Promise<StreamEvent[]> => {
  const events: StreamEvent[] = [];
  for await (const event of readEvents(inChunks(new TextEncoder().encode(text), sizes))) events.push(event);
  return events;
};

describe("readEvents", () => {
  it.each<[string, string, StreamEvent[]]>([
    [
      "fields",
      "event: message\nid: 7\nretry: 20\ndata: {}\n\n",
      [{ name: "message", id: "7", retryMs: 20, data: "{}" }],
    ],
    ["fields without a blank", "id:7\ndata:{}\n\n", [{ id: "7", data: "{}" }]],
    ["only the first blank as a separator", "data:  two\n\n", [{ data: " two" }]],
    ["several data lines", "data: a\ndata: b\n\n", [{ data: "a\nb" }]],
    ["a priming event", "id: 7\ndata: \n\n", [{ id: "7", data: "" }]],
    ["a field without a value", "data\n\n", [{ data: "" }]],
    ["a keep-alive", ": keepalive\n\n", [{}]],
    [
      "all three line ends",
      "data: a\r\n\r\ndata: b\r\rdata: c\n\n",
      [{ data: "a" }, { data: "b" }, { data: "c" }],
    ],
    ["a byte order mark", "\uFEFFdata: a\n\n", [{ data: "a" }]],
    ["no unfinished block", "data: a\n\ndata: b\n", [{ data: "a" }]],
    [
      "no id with NUL, no bad retry, no unknown field",
      "id: a\0\nretry: 1s\nfoo: bar\ndata: a\n\n",
      [{ data: "a" }],
    ],
  ])("reads %s", async (_, text, events) => {
    expect(await read(text)).toEqual(events);
  });

  it("reads the same however the bytes are cut", async () => {
    const lineEnd = fc.constantFrom("\n", "\r", "\r\n");
    const block = fc.record({ id: fc.string(), data: fc.string({ unit: "grapheme" }) });
    await fc.assert(
      fc.asyncProperty(fc.array(block), lineEnd, fc.array(fc.nat(9)), async (blocks, end, sizes) => {
        const clean = blocks.map(({ id, data }) => ({
          id: id.replaceAll(/[\r\n\0]/g, ""),
          data: data.replaceAll(/[\r\n]/g, ""),
        }));
        const text = clean.map(({ id, data }) => `id: ${id}${end}data: ${data}${end}${end}`).join("");
        expect(await read(text, sizes)).toEqual(clean);
      }),
    );
  });

  it("reads a message of several megabytes in small pieces", async () => {
    const data = "é".repeat(2_000_000);
    const sizes = Array.from({ length: 4_000 }, () => 1_001);
    expect(await read(`data: ${data}\n\n`, sizes)).toEqual([{ data }]);
  });
});

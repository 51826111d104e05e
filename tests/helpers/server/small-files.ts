/** The beginning of an OGG file whose first packet begins so. */
export function oggOf(head: string): Buffer {
  return Buffer.concat([
    Buffer.from("OggS\u0000\u0002", "latin1"),
    Buffer.alloc(20),
    Buffer.from([1, 30]),
    Buffer.from(head, "latin1"),
    Buffer.alloc(400),
  ]);
}

/** The header of a WebP picture, and nothing that could be drawn. */
export function webpOf(
  form: "VP8 " | "VP8L" | "VP8X",
  width: number,
  height: number,
  isAnimated = false,
): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(56, 4);
  bytes.write(`WEBP${form}`, 8, "latin1");
  if (form === "VP8X") {
    bytes.writeUInt8(isAnimated ? 2 : 0, 20);
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  } else if (form === "VP8L") {
    bytes.writeUInt8(0x2f, 20);
    bytes.writeUInt32LE(((height - 1) << 14) | (width - 1), 21);
  } else {
    bytes.set([0x9d, 0x01, 0x2a], 23);
    bytes.writeUInt16LE(width, 26);
    bytes.writeUInt16LE(height, 28);
  }
  return bytes;
}

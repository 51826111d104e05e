/** What the header of a WebP picture says. */
export interface WebpHeader {
  readonly isAnimated: boolean;
  readonly width: number;
  readonly height: number;
}

const SIDE = 0x3fff;

/** Reads the beginning of a WebP picture; undefined for anything else (RFC 9649, sections 2.5 to 2.7; RFC 6386, 9.1). */
export function readWebp(head: Buffer): WebpHeader | undefined {
  if (head.length < 30 || head.toString("latin1", 8, 12) !== "WEBP") return undefined;
  const chunk = head.toString("latin1", 12, 16);
  if (chunk === "VP8X") {
    const [width, height] = [head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1];
    return { isAnimated: (head.readUInt8(20) & 0x02) !== 0, width, height };
  }
  if (chunk === "VP8L") {
    const sides = head.readUInt32LE(21);
    return { isAnimated: false, width: (sides & SIDE) + 1, height: ((sides >>> 14) & SIDE) + 1 };
  }
  if (chunk !== "VP8 ") return undefined;
  return { isAnimated: false, width: head.readUInt16LE(26) & SIDE, height: head.readUInt16LE(28) & SIDE };
}

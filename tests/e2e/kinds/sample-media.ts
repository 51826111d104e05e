import { randomBytes } from "node:crypto";

/** A kind of file that a person or a business sends. */
export type SampleKind = "image" | "document" | "audio" | "voice" | "video" | "sticker";

/**
 * Files whose first bytes are what they say, each with other bytes behind them, so that no two are the same. Nobody here
 * decodes them: what counts is that every byte arrives.
 */
export function sampleMedia(kind: SampleKind): { readonly type: string; readonly bytes: Buffer } {
  const { type, head } = HEADS[kind];
  return { type, bytes: Buffer.concat([head, randomBytes(20_000)]) };
}

const OPUS = { type: "audio/ogg", head: readOpusHead() };

const HEADS: Readonly<Record<SampleKind, { readonly type: string; readonly head: Buffer }>> = {
  image: { type: "image/jpeg", head: Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex") },
  document: { type: "application/pdf", head: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\n") },
  audio: { type: "audio/amr", head: Buffer.from("#!AMR\n") },
  voice: OPUS,
  video: {
    type: "video/mp4",
    head: Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from("ftypmp42"),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from("mp42isom"),
    ]),
  },
  sticker: { type: "image/webp", head: readWebpHead(20_000) },
};

/** The first page of an Ogg stream of Opus, one channel (RFC 7845, 5.1). */
function readOpusHead(): Buffer {
  const identification = Buffer.concat([
    Buffer.from("OpusHead"),
    Buffer.from([1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]),
  ]);
  const page = Buffer.alloc(28);
  page.write("OggS");
  // The first page of its stream, with one segment.
  page[5] = 2;
  page[26] = 1;
  page[27] = identification.length;
  return Buffer.concat([page, identification]);
}

/** A still picture of 512 by 512, which is what a sticker has to be (RFC 9649, 2.6). */
function readWebpHead(behindBytes: number): Buffer {
  const side = 512 - 1;
  const bits = Buffer.alloc(5);
  bits[0] = 0x2f;
  bits.writeUInt32LE((side | (side << 14)) >>> 0, 1);
  const sizes = [Buffer.alloc(4), Buffer.alloc(4)] as const;
  sizes[0].writeUInt32LE(4 + 8 + bits.length + behindBytes);
  sizes[1].writeUInt32LE(bits.length + behindBytes);
  return Buffer.concat([Buffer.from("RIFF"), sizes[0], Buffer.from("WEBPVP8L"), sizes[1], bits]);
}

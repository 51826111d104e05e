import { mimeEssence } from "./mime-essence";

/** How files of a type begin: the first bytes, and how many unknown ones stand before them. */
interface Signature {
  skip: number;
  bytes: readonly number[];
}

const ascii = (text: string) => [...Buffer.from(text, "latin1")];
const at = (skip: number, bytes: readonly number[]): Signature => ({ skip, bytes });

const FTYP = [at(4, ascii("ftyp"))];
const ZIP = [at(0, ascii("PK\u0003\u0004"))];
const OLE = [at(0, [0xd0, 0xcf, 0x11, 0xe0])];
const OFFICE = "application/vnd.openxmlformats-officedocument";

// Several signatures stand for alternatives.
const SIGNATURES: Record<string, readonly Signature[]> = {
  "image/jpeg": [at(0, [0xff, 0xd8, 0xff])],
  "image/png": [at(0, [0x89, ...ascii("PNG\r\n\u001a\n")])],
  "image/webp": [at(8, ascii("WEBP"))],
  "video/mp4": FTYP,
  "video/3gpp": FTYP,
  "audio/mp4": FTYP,
  "audio/ogg": [at(0, ascii("OggS"))],
  "audio/mpeg": [at(0, ascii("ID3")), at(0, [0xff, 0xfb]), at(0, [0xff, 0xf3]), at(0, [0xff, 0xf2])],
  "audio/aac": [at(0, [0xff, 0xf1]), at(0, [0xff, 0xf9])],
  "audio/amr": [at(0, ascii("#!AMR"))],
  "application/pdf": [at(0, ascii("%PDF-"))],
  "application/msword": OLE,
  "application/vnd.ms-excel": OLE,
  "application/vnd.ms-powerpoint": OLE,
  [`${OFFICE}.wordprocessingml.document`]: ZIP,
  [`${OFFICE}.spreadsheetml.sheet`]: ZIP,
  [`${OFFICE}.presentationml.presentation`]: ZIP,
};

/** True unless the bytes begin otherwise than files of this type do. A type without a known beginning always fits. */
export function hasSignature(bytes: Uint8Array, mimeType: string): boolean {
  const known = SIGNATURES[mimeEssence(mimeType)];
  if (known === undefined) return true;
  return known.some(({ skip, bytes: wanted }) => wanted.every((byte, index) => bytes[skip + index] === byte));
}

/** Writes the beginning of a type's files over the first bytes, as far as they reach. */
export function writeSignature(bytes: Uint8Array, mimeType: string): void {
  const [first] = SIGNATURES[mimeEssence(mimeType)] ?? [];
  if (first === undefined) return;
  bytes.set(first.bytes.slice(0, Math.max(0, bytes.length - first.skip)), Math.min(first.skip, bytes.length));
}

/** True for a WebP picture that moves: the flag in its extended header (WebP container specification). */
export function isAnimatedWebp(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(12, 16)).toString("latin1") === "VP8X" && ((bytes[20] ?? 0) & 0x02) !== 0;
}

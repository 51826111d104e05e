import { createHash } from "node:crypto";
import { writeSignature } from "./media-signatures";

/** Bytes that look like a file of this type and are always the same for the same seed. */
export function generateBytes(seed: string, sizeBytes: number, mimeType: string): Buffer {
  if (sizeBytes === 0) return Buffer.alloc(0);
  const bytes = createHash("shake256", { outputLength: sizeBytes }).update(seed).digest();
  writeSignature(bytes, mimeType);
  return bytes;
}

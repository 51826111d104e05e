import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What a caller carries for us, and can neither read nor change. */
export const sealedBox = {
  /**
   * @param key 32 bytes
   * @param purpose bound to it: it opens with the same one only
   */
  seal(key: Buffer, content: Buffer, purpose: Buffer = Buffer.alloc(0)): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(purpose);
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
  },
  /** Undefined for anything that was not sealed with one of the keys for this purpose. */
  open(keys: readonly Buffer[], box: string, purpose: Buffer = Buffer.alloc(0)): Buffer | undefined {
    const bytes = Buffer.from(box, "base64url");
    // Node skips what is no base64url: one box would have many spellings.
    if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString("base64url") !== box) return undefined;
    for (const key of keys) {
      const content = decrypt(key, bytes, purpose);
      if (content) return content;
    }
    return undefined;
  },
};

function decrypt(key: Buffer, bytes: Buffer, purpose: Buffer): Buffer | undefined {
  const [tagAt, contentAt] = [IV_BYTES, IV_BYTES + TAG_BYTES];
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, tagAt), { authTagLength: TAG_BYTES })
    .setAAD(purpose)
    .setAuthTag(bytes.subarray(tagAt, contentAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(contentAt)), decipher.final()]);
  } catch {
    return undefined;
  }
}

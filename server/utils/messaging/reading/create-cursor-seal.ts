import { createCipheriv, createDecipheriv, createHmac, randomFillSync } from "node:crypto";
import { AppError } from "../../errors";

export interface CursorSeal {
  seal(seq: number): string;
  /** @throws AppError `invalid_arguments` for anything that this server did not seal */
  open(cursor: string): number;
}

const MARK = Buffer.from("curs");

/**
 * Seals places in the change feed. The feed is common to all tenants, and its bare numbers would tell each how
 * busy the others are. One block of AES over the number, a fixed mark and chance: nothing that was made up opens, and two
 * cursors do not even tell whether they are the same place.
 */
export function createCursorSeal(secret: string): CursorSeal {
  const key = createHmac("sha256", secret).update("cursor").digest();
  return {
    seal(seq) {
      const block = Buffer.alloc(16);
      block.writeBigUInt64BE(BigInt(seq));
      MARK.copy(block, 8);
      randomFillSync(block, 12);
      const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
      return Buffer.concat([cipher.update(block), cipher.final()]).toString("base64url");
    },
    open(cursor) {
      const sealed = Buffer.from(cursor, "base64url");
      if (sealed.length === 16) {
        const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
        const block = Buffer.concat([decipher.update(sealed), decipher.final()]);
        if (block.subarray(8, 12).equals(MARK)) return Number(block.readBigUInt64BE());
      }
      throw new AppError("invalid_arguments", "cursor is not one that this server gave out.", {
        advice: "Leave cursor out to begin with what is unread.",
        details: { field: "cursor" },
      });
    },
  };
}

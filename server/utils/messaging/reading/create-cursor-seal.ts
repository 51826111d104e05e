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
 * cursors do not even tell whether they are the same place. Each client has a seal of its own: to one, the cursors of another
 * are made up.
 *
 * @param previousSecret opens cursors from before a change of the secret
 */
export function createCursorSeal(clientId: string, secret: string, previousSecret?: string): CursorSeal {
  const key = deriveKey(clientId, secret);
  const keys = previousSecret === undefined ? [key] : [key, deriveKey(clientId, previousSecret)];
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
      for (const candidate of sealed.length === 16 ? keys : []) {
        const decipher = createDecipheriv("aes-256-ecb", candidate, null).setAutoPadding(false);
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

function deriveKey(clientId: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(`cursor:${clientId}`).digest();
}

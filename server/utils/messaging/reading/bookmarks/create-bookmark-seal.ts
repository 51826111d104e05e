import { createHmac } from "node:crypto";
import { sealedBox } from "../../../sealed-box";
import { createCursorSeal } from "../create-cursor-seal";
import type { Bookmark } from "./bookmark";

export interface BookmarkSeal {
  seal(bookmark: Bookmark): string;
  /** @throws AppError `invalid_arguments` for anything that this server did not seal */
  open(cursor: string): Bookmark;
}

const NUMBER_BYTES = 6;
const ID_BYTES = 16;

/**
 * Seals bookmarks as cursors. That of an unfiltered reading is a place and takes 22 characters. That of a filtered one takes 76,
 * and none of its parts can be exchanged for another cursor's.
 *
 * @param previousSecret opens cursors from before a change of the secret
 */
export function createBookmarkSeal(clientId: string, secret: string, previousSecret?: string): BookmarkSeal {
  const places = createCursorSeal(clientId, secret, previousSecret);
  const key = deriveKey(clientId, secret);
  const keys = previousSecret === undefined ? [key] : [key, deriveKey(clientId, previousSecret)];
  return {
    seal({ seq, withUnread, ahead }) {
      // Without a filter, what was unread has been looked at.
      if (!ahead) return places.seal(seq);
      return sealedBox.seal(key, write(seq, withUnread, ahead));
    },
    open(cursor) {
      const content = sealedBox.open(keys, cursor);
      if (content) return read(content);
      return { seq: places.open(cursor), withUnread: false };
    },
  };
}

function write(seq: number, withUnread: boolean, ahead: NonNullable<Bookmark["ahead"]>): Buffer {
  const numbers = Buffer.alloc(2 * NUMBER_BYTES);
  numbers.writeUIntBE(seq, 0, NUMBER_BYTES);
  numbers.writeUIntBE(ahead.seq, NUMBER_BYTES, NUMBER_BYTES);
  const id = Buffer.from(ahead.scopeId.replaceAll("-", ""), "hex");
  return Buffer.concat([numbers, id, Buffer.from([withUnread ? 1 : 0])]);
}

function read(content: Buffer): Bookmark {
  const idAt = 2 * NUMBER_BYTES;
  const id = content.toString("hex", idAt, idAt + ID_BYTES);
  return {
    seq: content.readUIntBE(0, NUMBER_BYTES),
    withUnread: content[idAt + ID_BYTES] === 1,
    ahead: {
      scopeId: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
      seq: content.readUIntBE(NUMBER_BYTES, NUMBER_BYTES),
    },
  };
}

function deriveKey(clientId: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(`bookmark:${clientId}`).digest();
}

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../core/clock";
import type { Settings } from "../core/settings";

/** The path of the addresses that files are downloaded from (reference 4.2). */
export const DOWNLOAD_PATH = "/whatsapp_business/attachments";

/** Makes download addresses that expire, and recognises them. */
export interface MediaLinks {
  /** A fresh address for a file. */
  create(baseUrl: string, mediaId: string): string;
  /** The file an address stands for; undefined when it is forged or has expired. */
  read(query: Record<string, unknown>): string | undefined;
}

/** Addresses that carry their own end and a seal, so that nothing about them has to be remembered. */
export function createMediaLinks(clock: Pick<Clock, "now">, settings: Settings): MediaLinks {
  const key = randomBytes(32);
  const seal = (mediaId: string, ext: string) =>
    createHmac("sha256", key).update(`${mediaId} ${ext}`).digest("base64url");
  return {
    create(baseUrl, mediaId) {
      const ext = String(clock.now() + settings.media_url_ttl_ms);
      return `${baseUrl}${DOWNLOAD_PATH}/?${new URLSearchParams({ mid: mediaId, ext, hash: seal(mediaId, ext) })}`;
    },
    read({ mid, ext, hash }) {
      if (typeof mid !== "string" || typeof ext !== "string" || typeof hash !== "string") return undefined;
      const given = Buffer.from(hash);
      const right = Buffer.from(seal(mid, ext));
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      return Number(ext) > clock.now() ? mid : undefined;
    },
  };
}

import { createHash, randomInt } from "node:crypto";
import type { Clock } from "../core/clock";
import type { Settings } from "../core/settings";
import { generateBytes } from "./generate-bytes";
import type { MediaOrigin, StoredMedia } from "./stored-media";

/** A file to keep. */
export interface MediaInput {
  phoneNumberId: string;
  origin: MediaOrigin;
  mimeType: string;
  /** The bytes, or how to make them whenever they are wanted. */
  content: Buffer | { seed: string; sizeBytes: number };
  filename?: string | undefined;
  ttlMs?: number | undefined;
}

// Each file costs some memory beyond its bytes, so their number is bounded as well.
const FILES_LIMIT = 50_000;

/** All files, oldest first. Beyond the setting `media_limit_bytes` the oldest go. */
export class MediaStore {
  readonly #clock: Pick<Clock, "now">;
  readonly #settings: Settings;
  readonly #files = new Map<string, StoredMedia>();
  #weightBytes = 0;

  constructor(clock: Pick<Clock, "now">, settings: Settings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Keeps a file and gives it an id. */
  add({ content, filename, ttlMs, ...input }: MediaInput): StoredMedia {
    const read = Buffer.isBuffer(content)
      ? () => content
      : () => generateBytes(content.seed, content.sizeBytes, input.mimeType);
    const bytes = read();
    const media: StoredMedia = {
      ...input,
      id: this.#createId(),
      sha256: createHash("sha256").update(bytes).digest("hex"),
      sizeBytes: bytes.length,
      createdAt: this.#clock.now(),
      deleted: false,
      weightBytes: Buffer.isBuffer(content) ? bytes.length : 0,
      read,
      ...(filename === undefined ? {} : { filename }),
      ...(ttlMs === undefined ? {} : { ttlMs }),
    };
    this.#files.set(media.id, media);
    this.#weightBytes += media.weightBytes;
    this.#dropOldest(media);
    return media;
  }

  /** A file as the business sees it: neither deleted nor expired. */
  find(id: string): StoredMedia | undefined {
    const media = this.#files.get(id);
    if (media === undefined || media.deleted) return undefined;
    return this.expiresAt(media) > this.#clock.now() ? media : undefined;
  }

  /** A file as the phones see it: they keep theirs, as long as there is room. */
  keep(id: string): StoredMedia | undefined {
    return this.#files.get(id);
  }

  /** When the id stops working, Unix milliseconds. */
  expiresAt({ createdAt, ttlMs, origin }: StoredMedia): number {
    const { media_upload_ttl_ms: upload, media_inbound_ttl_ms: inbound } = this.#settings;
    return createdAt + (ttlMs ?? (origin === "upload" ? upload : inbound));
  }

  get count(): number {
    return this.#files.size;
  }

  get weightBytes(): number {
    return this.#weightBytes;
  }

  clear(): void {
    this.#files.clear();
    this.#weightBytes = 0;
  }

  // The newest stays even when it alone is larger than the limit: an upload that was answered must work once.
  #dropOldest(newest: StoredMedia): void {
    for (const media of this.#files.values()) {
      const fits = this.#weightBytes <= this.#settings.media_limit_bytes && this.#files.size <= FILES_LIMIT;
      if (fits || media === newest) return;
      // Generated files weigh nothing: dropping them would not help.
      if (media.weightBytes === 0 && this.#files.size <= FILES_LIMIT) continue;
      this.#files.delete(media.id);
      this.#weightBytes -= media.weightBytes;
    }
  }

  #createId(): string {
    let id: string;
    do id = `${randomInt(100_000_000, 999_999_999)}${randomInt(1_000_000, 9_999_999)}`;
    while (this.#files.has(id));
    return id;
  }
}

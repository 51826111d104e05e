import type { Dispatcher } from "undici";
import type { GraphDoor } from "../../meta/ask-graph";
import { explainSendError } from "../../meta/explain-send-error";
import { isMetaMediaUrl } from "../../meta/media-hosts";
import { RECEIVED_LIMIT_BYTES } from "../../meta/media-limits";
import { readMediaInfo, type MediaInfo } from "../../meta/read-media-info";
import { openDownload } from "../fetching/open-download";
import { MediaFailure, type MediaReason } from "../media-failure";
import { storeStream, type MediaDisk, type StoredBytes } from "../store-stream";

/** What is to be fetched, and how. */
export interface MetaDownload {
  readonly door: GraphDoor;
  readonly disk: MediaDisk;
  readonly waMediaId: string;
  /** Meta's id of the number. */
  readonly waPhoneNumberId: string;
  /** Hex, as the webhook announced it. */
  readonly expectedSha256: string | null;
  readonly dispatcher: Dispatcher;
  readonly mayConnect: (address: string) => boolean;
  readonly signal: AbortSignal;
}

// What arrives damaged, and an address that has expired meanwhile, are worth one more look.
const TRIES = 2;
const WORTH_ANOTHER: ReadonlySet<string> = new Set<MediaReason>([
  "hash_mismatch",
  "size_mismatch",
  "not_found",
]);

/**
 * Fetches a file that came with a message: an address that is fresh, and then the bytes, counted and compared with what was
 * announced.
 *
 * @throws MediaFailure
 */
export async function fetchFromMeta(download: MetaDownload): Promise<StoredBytes> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(download);
    } catch (error) {
      const isWorthAnother = error instanceof MediaFailure && WORTH_ANOTHER.has(error.reason);
      if (!isWorthAnother || attempt === TRIES) throw error;
    }
  }
}

async function fetchOnce(download: MetaDownload): Promise<StoredBytes> {
  const info = await readInfo(download);
  const { status, body, discard } = await openDownload(info.url, {
    isAllowed: (url) => isMetaMediaUrl(url, download.door.baseUrl),
    mayConnect: download.mayConnect,
    dispatcher: download.dispatcher,
    headers: { authorization: `Bearer ${download.door.accessToken}`, "user-agent": "wamcp/0.1" },
    signal: download.signal,
  });
  if (status !== 200) {
    discard();
    throw explainStatus(status);
  }
  const stored = await storeStream(download.disk, body, RECEIVED_LIMIT_BYTES);
  const difference = compare(stored, info, download.expectedSha256);
  if (!difference) return stored;
  await stored.discard();
  throw new MediaFailure(difference, true);
}

async function readInfo({ door, waMediaId, waPhoneNumberId, signal }: MetaDownload): Promise<MediaInfo> {
  const info = await readMediaInfo(door, waMediaId, waPhoneNumberId, signal);
  if ("url" in info) {
    const { sizeBytes } = info;
    if (sizeBytes === undefined || sizeBytes <= RECEIVED_LIMIT_BYTES) return info;
    throw new MediaFailure("too_large", true, { limit: RECEIVED_LIMIT_BYTES, value: sizeBytes });
  }
  throw info.status === undefined
    ? new MediaFailure("unreachable", false)
    : explainStatus(info.status, info.code);
}

/** Meta answers 100 with status 400 to an id that it does not know any more. */
function explainStatus(status: number, code?: number): MediaFailure {
  if (status === 404 || code === 100) return new MediaFailure("not_found", false, { status });
  const needsPerson = code !== undefined && explainSendError(code, status).class === "human";
  if (status === 401 || status === 403 || needsPerson) {
    return new MediaFailure("no_access", false, code === undefined ? { status } : { code });
  }
  return new MediaFailure("unreachable", false, { status });
}

function compare(
  stored: StoredBytes,
  info: MediaInfo,
  expectedSha256: string | null,
): "hash_mismatch" | "size_mismatch" | undefined {
  const announced = [expectedSha256, info.sha256].filter((digest) => digest !== null && digest !== undefined);
  if (announced.some((digest) => digest !== stored.sha256)) return "hash_mismatch";
  return info.sizeBytes !== undefined && info.sizeBytes !== stored.sizeBytes ? "size_mismatch" : undefined;
}

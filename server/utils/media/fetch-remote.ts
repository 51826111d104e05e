import type { SentKind } from "../meta/media-limits";
import { MEDIA_LIMITS } from "../meta/media-limits";
import { createGuardedAgent, PUBLIC_ONLY, type AddressGuard } from "./fetching/create-guarded-agent";
import { openDownload, type OpenDownload } from "./fetching/open-download";
import { MediaFailure, type MediaReason } from "./media-failure";
import { checkMedia } from "./outbound/check-media";
import { sniffFile } from "./sniff-file";
import { whileStoring } from "./while-storing";
import { storeStream, type MediaDisk, type StoredBytes } from "./store-stream";

/** What a test gives instead of the internet; nothing in the environment does. */
export interface RemoteRules {
  readonly guard: AddressGuard;
  readonly isAllowed: (url: URL) => boolean;
  readonly timeoutMs: number;
}

export interface RemoteFile {
  readonly stored: StoredBytes;
  readonly type: string;
  readonly extension: string;
}

// A host that is down may come back; one that does not exist, or is not who it says, is a mistake in the address.
const SETTLED: ReadonlySet<MediaReason> = new Set<MediaReason>(["host_not_found", "certificate"]);

/** https on its own port, without a name and a password in the address. */
export const INTERNET: RemoteRules = { guard: PUBLIC_ONLY, isAllowed: isPlainHttps, timeoutMs: 120_000 };

/**
 * Fetches a file that is to be sent from an address that a caller gave. Nothing of ours goes there, and no address inside our
 * networks is asked.
 *
 * @throws MediaFailure whose `isFinal` says whether another try may help
 */
export async function fetchRemote(
  { url, kind, disk, signal }: { url: string; kind: SentKind; disk: MediaDisk; signal: AbortSignal },
  rules: RemoteRules = INTERNET,
): Promise<RemoteFile> {
  const dispatcher = createGuardedAgent(rules.guard);
  const within = AbortSignal.any([signal, AbortSignal.timeout(rules.timeoutMs)]);
  try {
    const download = await openDownload(url, {
      isAllowed: rules.isAllowed,
      mayConnect: rules.guard.mayConnect,
      dispatcher,
      headers: { "user-agent": "wamcp/0.1", accept: "*/*" },
      signal: within,
    });
    return await takeIn(download, kind, disk);
  } catch (error) {
    throw error instanceof MediaFailure ? blameUrl(error) : error;
  } finally {
    await dispatcher.destroy();
  }
}

async function takeIn(
  { status, type: served, sizeBytes, body, discard }: OpenDownload,
  kind: SentKind,
  disk: MediaDisk,
): Promise<RemoteFile> {
  const { limitBytes } = MEDIA_LIMITS[kind];
  if (status !== 200) {
    discard();
    throw new MediaFailure("unreachable", status < 500 && status !== 429, { value: status });
  }
  if (sizeBytes !== undefined && sizeBytes > limitBytes) {
    discard();
    throw new MediaFailure("too_large", true, { limit: limitBytes, value: sizeBytes });
  }
  const stored = await storeStream(disk, body, limitBytes);
  try {
    const sniffed = await whileStoring(sniffFile(stored.temporaryPath));
    const type = checkMedia(kind, sniffed, stored.sizeBytes, served);
    return { stored, type, extension: sniffed.extension };
  } catch (error) {
    await stored.discard();
    throw error;
  }
}

function isPlainHttps(url: URL): boolean {
  return url.protocol === "https:" && url.port === "" && !url.username && !url.password;
}

function blameUrl(failure: MediaFailure): MediaFailure {
  const { reason, isFinal, more } = failure;
  if (reason === "storage") return failure;
  return new MediaFailure(reason, isFinal || SETTLED.has(reason), { field: "url", ...more });
}

import { askGraph, type GraphDoor } from "./ask-graph";
import { asText } from "./json";

/** What Graph tells of a file. The address is good for five minutes. */
export interface MediaInfo {
  readonly url: string;
  /** Hex. */
  readonly sha256: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** Why it tells nothing: Graph's answer, or none at all. */
export interface NoMediaInfo {
  readonly status: number | undefined;
  readonly code: number | undefined;
}

/** Asks Graph about a file. Never throws for what the network or Meta does. */
export async function readMediaInfo(
  door: GraphDoor,
  waMediaId: string,
  waPhoneNumberId: string,
  signal: AbortSignal,
): Promise<MediaInfo | NoMediaInfo> {
  const query = new URLSearchParams({ phone_number_id: waPhoneNumberId });
  const answer = await askGraph(door, { path: `${encodeURIComponent(waMediaId)}?${query}` }, signal);
  const info = answer?.body ?? {};
  const url = asText(info.url);
  if (answer?.httpStatus !== 200 || !url) return { status: answer?.httpStatus, code: answer?.code };
  const size = Number(asText(info.file_size));
  const sha256 = asText(info.sha256)?.toLowerCase();
  return {
    url,
    sha256: sha256 && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined,
    sizeBytes: Number.isSafeInteger(size) && size >= 0 ? size : undefined,
  };
}

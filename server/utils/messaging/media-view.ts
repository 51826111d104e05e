import * as v from "valibot";
import { MEDIA_LIMITS } from "../meta/media-limits";

/** The file of a message as a client sees it. What its sender called it stands in `untrusted_content`. */
export interface MediaView {
  readonly id: string;
  readonly state: StoredMedia["state"];
  readonly type: string;
  readonly size: number | null;
  readonly reason?: string;
}

/** In words: its parts would cost every `tools/list` more than they tell. */
export const MediaViewSchema = v.pipe(
  v.custom<MediaView>((value) => typeof value === "object"),
  v.description("the file: id, state (pending, ready, failed, deleted), type, size"),
);

/** What the store gives of a file. */
export interface StoredMedia {
  readonly id: string;
  readonly state: "pending" | "ready" | "failed" | "deleted";
  readonly sniffedType: string | null;
  /** A claim of its sender, who may have written anything. */
  readonly declaredType: string | null;
  readonly sizeBytes: number | null;
  readonly reason: string | null;
}

const UNKNOWN_TYPE = "application/octet-stream";
const KNOWN = new Set(Object.values(MEDIA_LIMITS).flatMap(({ types }) => types));

export function viewMedia({
  id,
  state,
  sniffedType,
  declaredType,
  sizeBytes,
  reason,
}: StoredMedia): MediaView {
  const [claimed = ""] = (declaredType ?? "").split(";");
  return {
    id,
    state,
    type: sniffedType ?? (KNOWN.has(claimed) ? claimed : UNKNOWN_TYPE),
    size: sizeBytes,
    // What failed once may still come.
    ...(reason && state !== "ready" ? { reason } : {}),
  };
}

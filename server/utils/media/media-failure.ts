/** Why a file is not here. A closed set: it is shown to callers. */
export type MediaReason =
  | "too_large"
  | "hash_mismatch"
  | "size_mismatch"
  | "not_found"
  | "expired"
  | "address_refused"
  | "type_refused"
  | "dimensions_refused"
  | "redirects"
  | "timeout"
  | "host_not_found"
  | "certificate"
  | "unreachable"
  | "refused_by_meta"
  | "no_access"
  /** The disk is full, or does not take files; never final. */
  | "storage";

/** A file could not be had. */
export class MediaFailure extends Error {
  override readonly name = "MediaFailure";

  /**
   * @param isFinal whether another try cannot help
   * @param more numbers and names of fields for the caller; never a stranger's words
   */
  constructor(
    readonly reason: MediaReason,
    readonly isFinal: boolean,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(reason);
  }
}

/** A piece of a file: both ends are in it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const SINGLE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The piece that a `Range` header asks for (RFC 9110, 14). Several at once, or what cannot be read, is the whole file.
 *
 * @param ifRange `If-Range`: the piece is only good when the file is still that one
 * @returns undefined for the whole file, "unsatisfiable" for a piece that lies outside
 */
export function readRange(
  header: string | undefined,
  ifRange: string | undefined,
  sizeBytes: number,
  etag: string,
): ByteRange | "unsatisfiable" | undefined {
  const [, from = "", to = ""] = SINGLE.exec(header?.trim() ?? "") ?? [];
  if ((from === "" && to === "") || (ifRange !== undefined && ifRange !== etag)) return undefined;
  // "-500" is the last 500.
  const start = from === "" ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === "" || to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  return start > end ? "unsatisfiable" : { start, end };
}

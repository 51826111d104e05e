import { AppError } from "../errors";

/** Where a page ended: what it was sorted by, and of equals the id. */
export interface PageEnd {
  readonly rank: number;
  readonly id: string;
}

// The last millisecond of the year 9999.
const LATEST_MS = 253_402_300_799_999;

/** A cursor that leads on from there. It holds only what the reader has just been shown. */
export function writePageCursor({ rank, id }: PageEnd): string {
  const bytes = Buffer.alloc(24);
  bytes.writeDoubleBE(rank);
  bytes.write(id.replaceAll("-", ""), 8, "hex");
  return bytes.toString("base64url");
}

/** @throws AppError `invalid_arguments` for what is no cursor */
export function readPageCursor(cursor: string): PageEnd {
  const bytes = Buffer.from(cursor, "base64url");
  const rank = bytes.length === 24 ? bytes.readDoubleBE() : Number.NaN;
  // What the database takes as a time: anything else was never given out.
  if (!Number.isInteger(rank) || rank < 0 || rank > LATEST_MS) {
    throw new AppError("invalid_arguments", "cursor is not one that this tool gave out.", {
      advice: "Leave cursor out to begin with the first page.",
      details: { field: "cursor" },
    });
  }
  const hex = bytes.toString("hex", 8);
  return { rank, id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") };
}

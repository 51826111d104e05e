/** A send may wait for its turn: what Meta is about to forget counts as forgotten. */
export const UPLOAD_MARGIN_MS = 24 * 60 * 60_000;

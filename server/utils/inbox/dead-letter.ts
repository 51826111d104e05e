/** An element that could not be handled: where it stands and why, without a word of it. */
export interface DeadLetter {
  readonly path: string;
  readonly reason: string;
}

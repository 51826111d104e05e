/** The command line itself is wrong. One sentence for the person who wrote it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

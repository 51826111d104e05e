// Claude Code takes 25,000 tokens in one answer, and a token is a byte at least. The rest is for what goes around the messages.
const PAGE_LIMIT_BYTES = 24_000;

/** How many of the first messages, or of other views, one answer holds; one, whatever it is. */
export function countFitting(messages: readonly object[]): number {
  let bytes = 0;
  const firstBeyond = messages.findIndex((message, index) => {
    bytes += Buffer.byteLength(JSON.stringify(message)) + 1;
    return index > 0 && bytes > PAGE_LIMIT_BYTES;
  });
  return firstBeyond === -1 ? messages.length : firstBeyond;
}

/**
 * The longest beginning of a text that takes no more than so many bytes as JSON, the quotes apart. Bytes, because that holds
 * for every reader: no tokenizer makes more tokens of a text than it has bytes.
 */
export function cutText(text: string, limitBytes: number): string {
  if (countBytes(text) <= limitBytes) return text;
  let bytes = 0;
  let end = 0;
  // A sign takes a byte at least.
  for (const sign of text.slice(0, limitBytes)) {
    bytes += countBytes(sign);
    if (bytes > limitBytes) break;
    end += sign.length;
  }
  return text.slice(0, end);
}

function countBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

import type { H3Event } from "h3";

/** Thrown when a request's body is larger than allowed. */
export class BodyTooLargeError extends Error {}

/**
 * The request's body.
 *
 * @throws BodyTooLargeError beyond `limitBytes`
 */
export async function readBytes(event: H3Event, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of event.node.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to the end even so: a caller cut off while it sends never sees the answer.
    if (size <= limitBytes) chunks.push(chunk);
  }
  if (size > limitBytes) throw new BodyTooLargeError(`more than ${limitBytes} bytes`);
  return Buffer.concat(chunks);
}

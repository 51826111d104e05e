import type { H3Event } from "h3";
import { AppError } from "./errors";

/**
 * Reads a request's body as it came, up to a limit. h3's own reader has none.
 *
 * @throws AppError `payload_too_large`, whether the length was declared or only turned out
 */
export async function readLimitedBody(event: H3Event, limitBytes: number): Promise<Buffer> {
  const request = event.node.req;
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limitBytes: number): AppError {
  return new AppError("payload_too_large", `The body is larger than ${limitBytes} bytes.`, {
    advice: "Send less in one request.",
  });
}

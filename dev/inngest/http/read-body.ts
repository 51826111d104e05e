import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error";

/** A request is a batch of events of up to 3 MB each; beyond this it is no batch anybody sends. */
const REQUEST_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Read a JSON request.
 *
 * @throws HttpError 413 when it is too long, 400 when it is no JSON
 */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > REQUEST_LIMIT_BYTES) throw new HttpError(413, "request is too large");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new HttpError(400, "request is not JSON");
  }
}

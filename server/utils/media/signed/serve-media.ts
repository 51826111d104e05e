import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { OpenMedia } from "./open-signed-media";
import { readRange } from "./read-range";

// What a browser shows without running anything of it. Whatever else it is, it is bytes.
const SAFE_TYPES: ReadonlySet<string> = new Set([
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "audio/aac",
  "audio/amr",
  "audio/mpeg",
  "audio/mp4",
  "audio/ogg",
  "video/mp4",
  "video/3gpp",
  "application/pdf",
]);

/** Answers with a file, or the piece of it that was asked for. The file is closed at the end, also when the client leaves. */
export async function serveMedia(
  media: OpenMedia,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { handle, sizeBytes, sha256 } = media;
  const etag = `"${sha256}"`;
  const { range: asked, "if-range": ifRange } = request.headers;
  const range = readRange(asked, typeof ifRange === "string" ? ifRange : undefined, sizeBytes, etag);
  writeSafeHeaders(response, media, etag);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "content-range": `bytes */${sizeBytes}`, "content-length": 0 });
  } else {
    const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
    response.writeHead(range ? 206 : 200, {
      "content-length": end - start + 1,
      ...(range ? { "content-range": `bytes ${start}-${end}/${sizeBytes}` } : {}),
    });
    if (request.method === "GET" && sizeBytes > 0) return send(media, { start, end }, response);
  }
  await handle.close();
  response.end();
}

function writeSafeHeaders(response: ServerResponse, { type, name }: OpenMedia, etag: string): void {
  const headers = {
    "content-type": SAFE_TYPES.has(type) ? type : "application/octet-stream",
    // Our id and an extension of a known type: nothing in it needs the encoding of RFC 6266.
    "content-disposition": `attachment; filename="${name}"`,
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-store",
    "accept-ranges": "bytes",
    etag,
  };
  for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
}

async function send(
  { handle }: OpenMedia,
  piece: { start: number; end: number },
  response: ServerResponse,
): Promise<void> {
  // The stream closes the handle, whichever side ends first. Whoever left needs no answer.
  await pipeline(handle.createReadStream({ ...piece, autoClose: true }), response).catch(() => {});
}

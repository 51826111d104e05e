import type { ServerResponse } from "node:http";
import type { StoredMedia } from "../media/stored-media";
import type { GraphCall } from "./define-graph-handler";

const PIECES = 10;
const SLOW_PIECE_MS = 1000;
const ENDLESS_LIMIT_BYTES = 1024 ** 3;
const ENDLESS_CHUNK = Buffer.alloc(64 * 1024, "x");
// The address of cloud machines' own secrets: what nobody must follow a redirect to.
const DEFAULT_LOCATION = "http://169.254.169.254/latest/meta-data/";

/** Writes a file as the answer, or what the faults in force make of it. */
export async function writeMediaBody({ world, event }: GraphCall, media: StoredMedia): Promise<void> {
  const { res } = event.node;
  const facts = { phoneNumberId: media.phoneNumberId };
  const redirect = world.faults.take("media_redirect", facts);
  if (redirect !== undefined) {
    res.writeHead(302, { location: redirect.location ?? DEFAULT_LOCATION, "content-length": 0 }).end();
    return;
  }
  const wrongMime = world.faults.take("media_wrong_mime", facts);
  const type = wrongMime === undefined ? media.mimeType : (wrongMime.mime_type ?? "text/html");
  const endless = world.faults.take("media_endless", facts);
  if (endless !== undefined) {
    res.writeHead(200, { "content-type": type });
    await writeEndlessly(res, endless.limit_bytes ?? ENDLESS_LIMIT_BYTES);
    return;
  }
  const wrongBytes = world.faults.take("media_wrong_bytes", facts) !== undefined;
  const bytes = wrongBytes ? otherBytes(media.read()) : media.read();
  const truncated = world.faults.take("media_truncated", facts);
  const sent = truncated === undefined ? bytes : bytes.subarray(0, Math.floor(bytes.length / 2));
  const promised = truncated?.silent === true ? sent.length : bytes.length;
  const slow = world.faults.take("media_slow", facts);
  res.writeHead(200, { "content-type": type, "content-length": promised });
  if (slow === undefined) await write(res, sent);
  else await writeSlowly(res, sent, () => world.clock.wait(slow.ms ?? SLOW_PIECE_MS));
  // Half a file and then a cut connection: only who counts or hashes notices the silent kind.
  if (sent.length < promised) res.destroy();
  else res.end();
}

/** The same length and type, other content. */
function otherBytes(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  const last = other.length - 1;
  if (last >= 0) other[last] = (other[last] ?? 0) ^ 0xff;
  return other;
}

async function writeSlowly(res: ServerResponse, bytes: Buffer, wait: () => Promise<void>): Promise<void> {
  const size = Math.max(1, Math.ceil(bytes.length / PIECES));
  for (let start = 0; start < bytes.length && !res.destroyed; start += size) {
    await write(res, bytes.subarray(start, start + size));
    await wait();
  }
}

async function writeEndlessly(res: ServerResponse, limitBytes: number): Promise<void> {
  for (let sent = 0; sent < limitBytes && !res.destroyed; sent += ENDLESS_CHUNK.length)
    await write(res, ENDLESS_CHUNK);
  res.end();
}

/** Resolves when the bytes are on their way, or the reader has gone. */
function write(res: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (res.destroyed) {
      resolve();
      return;
    }
    const gone = () => resolve();
    res.once("close", gone);
    res.write(bytes, () => {
      res.off("close", gone);
      resolve();
    });
  });
}

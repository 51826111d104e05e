import { open } from "node:fs/promises";
import { fileTypeFromFile } from "file-type";
import { readWebp, type WebpHeader } from "./read-webp";

/** What the bytes of a file say that it is. */
export interface SniffedType {
  readonly type: string;
  /** Without a dot. */
  readonly extension: string;
  /** As far as the container names it: of audio/ogg. */
  readonly codec?: string;
  /** Of a WebP picture. */
  readonly webp?: WebpHeader;
}

/** Words of others for the same type. */
const SAME: Readonly<Record<string, string>> = {
  "audio/x-m4a": "audio/mp4",
  "video/x-m4v": "video/mp4",
  "image/apng": "image/png",
};
const HEAD_BYTES = 65_536;
const UNKNOWN = { type: "application/octet-stream", extension: "bin" };

/** Looks into a file. What it does not know is `application/octet-stream`. */
export async function sniffFile(path: string): Promise<SniffedType> {
  const head = await readHead(path);
  if (head.length === 0) return UNKNOWN;
  // Whatever a stranger's bytes do to the reader, the file is only unknown then.
  const found = await fileTypeFromFile(path).catch(() => undefined);
  if (!found) return isText(head) ? { type: "text/plain", extension: "txt" } : UNKNOWN;
  const [essence = "", parameter = ""] = found.mime.split(";");
  const codec = /^ codecs=(\w+)$/.exec(parameter)?.[1];
  const webp = readWebp(head);
  return {
    type: SAME[essence] ?? essence,
    extension: found.ext,
    ...(codec ? { codec } : {}),
    ...(webp ? { webp } : {}),
  };
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

// Markup is text too, but nothing that a browser should take for a page.
function isText(head: Buffer): boolean {
  if (head.includes(0)) return false;
  try {
    // A sign may be cut at the end of what was read.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return !/^\s*<(?:!doctype|html|svg|script|\?xml)/i.test(text);
  } catch {
    return false;
  }
}

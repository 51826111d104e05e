import type { BusinessNumber } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { MEDIA_KINDS } from "../media/media-kinds";
import type { StoredMedia } from "../media/stored-media";
import { findMedia } from "./find-media";
import { validateContent } from "./validate/validate-content";
import { validateEnvelope } from "./validate/validate-envelope";

/** What became of each `link`: the file, or why it could not be had. */
export type FetchedLinks = ReadonlyMap<string, StoredMedia | string>;

const FETCH_TIMEOUT_MS = 10_000;

/** Fetches the files a message names by `link`, as Meta does, while the setting `fetch_links` is on. */
export async function fetchLinks(
  world: World,
  number: BusinessNumber,
  body: JsonObject,
): Promise<FetchedLinks> {
  const fetched = new Map<string, StoredMedia | string>();
  if (!world.settings.fetch_links) return fetched;
  const { type } = validateEnvelope(body);
  for (const { kind, object } of findMedia(type, validateContent(body, type))) {
    if (typeof object.link !== "string") continue;
    fetched.set(object.link, await fetchLink(world, number, object.link, MEDIA_KINDS[kind].limitBytes));
  }
  return fetched;
}

async function fetchLink(
  world: World,
  number: BusinessNumber,
  link: string,
  limitBytes: number,
): Promise<StoredMedia | string> {
  try {
    const answer = await fetch(link, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!answer.ok) return `the link answered HTTP ${answer.status}`;
    const content = await readAtMost(answer, limitBytes);
    if (content === undefined) return `the link has more than ${limitBytes} bytes`;
    const mimeType = answer.headers.get("content-type") ?? "application/octet-stream";
    return world.media.add({ phoneNumberId: number.id, origin: "upload", mimeType, content });
  } catch {
    return "the link could not be fetched";
  }
}

/** The body, or nothing when it is longer than allowed; it is not read to the end then. */
async function readAtMost(answer: Response, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { asObject, asText, type JsonObject } from "./json";
import type { MediaKind } from "./media-limits";

/** A file that came with a message, as the webhook announces it. */
export interface InboundMedia {
  readonly kind: MediaKind;
  readonly waMediaId: string;
  /** What the sender says it is. */
  readonly declaredType: string | undefined;
  /** Hex; the webhook has base64. */
  readonly sha256: string | undefined;
  /** The sender's word for it. */
  readonly fileName: string | undefined;
}

const KINDS: ReadonlySet<string> = new Set<MediaKind>(["image", "audio", "video", "document", "sticker"]);
// Goes into an address of Graph, with the token.
const MEDIA_ID = /^[\w.-]{1,200}$/;
const TEXT_LIMIT = 300;

/** The file of a message; undefined when it has none, or none that can be asked for. */
export function readInboundMedia(message: JsonObject): InboundMedia | undefined {
  const kind = asText(message.type) ?? "";
  if (!isKind(kind)) return undefined;
  const media = asObject(message[kind]);
  const waMediaId = asText(media.id);
  if (!waMediaId || !MEDIA_ID.test(waMediaId)) return undefined;
  return {
    kind,
    waMediaId,
    declaredType: asText(media.mime_type)?.slice(0, TEXT_LIMIT),
    sha256: readDigest(asText(media.sha256)),
    fileName: asText(media.filename)?.slice(0, TEXT_LIMIT),
  };
}

function isKind(word: string): word is MediaKind {
  return KINDS.has(word);
}

function readDigest(text: string | undefined): string | undefined {
  const bytes = Buffer.from(text ?? "", "base64");
  return bytes.length === 32 ? bytes.toString("hex") : undefined;
}

import type { JsonObject } from "../../core/json-object";
import { invalid, missing, optionalText } from "./checks";

const CAPTION_LIMIT = 1024;
const WITH_CAPTION = new Set(["image", "video", "document"]);

/** image, video, audio, document, sticker: exactly one of `id` and `link`, a caption where the type has one. */
export function validateMedia(media: JsonObject, type: string, { caption: takesCaption = true } = {}): void {
  const id = optionalText(media, "id", `${type}.id`, 512);
  const link = optionalText(media, "link", `${type}.link`, 2048);
  if ((id ?? "") === "" && (link ?? "") === "") throw missing(`${type}.id or ${type}.link`);
  if (id !== undefined && link !== undefined) throw invalid(`${type} takes id or link, not both`);
  if (link !== undefined && !/^https?:\/\//i.test(link)) throw invalid(`${type}.link is not a web address`);
  const caption = optionalText(media, "caption", `${type}.caption`, CAPTION_LIMIT);
  if (caption !== undefined && !(takesCaption && WITH_CAPTION.has(type))) {
    throw invalid(`${type} takes no caption here`);
  }
  if (optionalText(media, "filename", `${type}.filename`, 240) !== undefined && type !== "document") {
    throw invalid(`${type} takes no filename`);
  }
  if (media.voice === undefined) return;
  if (type !== "audio") throw invalid(`${type} takes no voice`);
  if (typeof media.voice !== "boolean") throw invalid("audio.voice must be a boolean");
}

import { asObject, invalid, missing, requireObject, requireText } from "./checks";
import { validateMedia } from "./validate-media";

/** Which headers an interactive message takes. */
export type HeaderRule = "any" | "text" | "text required" | "none";

const MEDIA = new Set(["image", "video", "document"]);

/** The header of an interactive message: a text of at most 60 characters, or a picture, video or document. */
export function validateHeader(value: unknown, rule: HeaderRule): void {
  if (value === undefined || value === null) {
    if (rule === "text required") throw missing("interactive.header");
    return;
  }
  if (rule === "none") throw invalid("this interactive type takes no header");
  const header = asObject(value, "interactive.header");
  const type = requireText(header, "type", "interactive.header.type", 16);
  if (type === "text") {
    requireText(header, "text", "interactive.header.text", 60);
    return;
  }
  if (rule !== "any" || !MEDIA.has(type)) throw invalid(`interactive.header.type cannot be ${type} here`);
  validateMedia(requireObject(header, type, `interactive.header.${type}`), type, { caption: false });
}

/** A MIME type without its parameters: `audio/ogg; codecs=opus` becomes `audio/ogg`. */
export function mimeEssence(mimeType: string): string {
  return (mimeType.split(";")[0] ?? "").trim().toLowerCase();
}

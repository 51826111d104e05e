// What a reader cannot see, by code point: C0 controls except tab and line feed, DEL and C1; soft hyphen; Arabic letter
// mark; Mongolian vowel separator; zero-width and direction signs; line and paragraph separators and the embeddings;
// invisible operators and isolates; byte order mark; interlinear marks; the tag block, which can spell hidden ASCII.
const HIDDEN_RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];
const HIDDEN = new RegExp(
  `[${HIDDEN_RANGES.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join("")}]`,
  "gu",
);
// A zero-width joiner belongs between the parts of an emoji and nowhere else. A skin tone or a variation selector may
// stand before it.
const LOOSE_JOINER =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D|\u200D(?!\p{Extended_Pictographic})/gu;

/**
 * A stranger's words, without what a person cannot see: hidden characters are how instructions are smuggled past a
 * reader. The words themselves stay as they are.
 */
export function untrustedText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(HIDDEN, "").replaceAll(LOOSE_JOINER, "");
}

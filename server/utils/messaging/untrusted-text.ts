// What a reader cannot see, by code point: C0 controls except tab and line feed, DEL and C1; line and paragraph separators;
// interlinear marks; the joiners of hieroglyphs.
const HIDDEN_RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x2028, 0x2029],
  [0xfff9, 0xfffb],
  [0x13430, 0x1343f],
];
// And everything that Unicode wants shown as nothing: direction and zero-width signs, fillers, invisible operators, the tag
// block, which can spell hidden ASCII; and what will never be a character. Joiners and the selectors of emoji come below.
const IGNORABLE = String.raw`(?![\u200D\uFE0E\uFE0F])\p{Default_Ignorable_Code_Point}|\p{Noncharacter_Code_Point}`;
const HIDDEN = new RegExp(
  `[${HIDDEN_RANGES.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join("")}]|${IGNORABLE}`,
  "gu",
);
// One selector after a sign that has two looks, or within a key cap; a run of them can spell hidden bytes, and so could one
// after each digit of a number.
const LOOSE_SELECTOR =
  /(?<!\p{Extended_Pictographic}|[\d#*])[\uFE0E\uFE0F]|(?<=[\d#*])[\uFE0E\uFE0F](?!\u20E3)/gu;
// A zero-width joiner belongs between the parts of an emoji and nowhere else. A skin tone or a variation selector may
// stand before it.
const LOOSE_JOINER =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D|\u200D(?!\p{Extended_Pictographic})/gu;

/**
 * A stranger's words, without what a person cannot see: hidden characters are how instructions are smuggled past a
 * reader. The words themselves stay as they are.
 */
export function untrustedText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(HIDDEN, "")
    .replaceAll(LOOSE_SELECTOR, "")
    .replaceAll(LOOSE_JOINER, "");
}

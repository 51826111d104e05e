// What a reader cannot see: C0 controls except tab and line feed, DEL and C1; line and paragraph separators; interlinear
// marks; and everything that Unicode says is to be shown as nothing, such as direction and zero-width signs, fillers,
// invisible operators and the tag block, which can spell hidden ASCII. Joiners and variation selectors come below.
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\uFFF9-\uFFFB]|(?![\u200D\uFE0E\uFE0F])\p{Default_Ignorable_Code_Point}/gu;
// One selector after a sign that has two looks; a run of them can spell hidden bytes.
const LOOSE_SELECTOR = /(?<!\p{Emoji}|\p{Extended_Pictographic})[\uFE0E\uFE0F]/gu;
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

// By what Unicode says of a character, apart from the product's own list: what is a control or a format, asks to be shown as
// nothing, turns the direction of what follows, is half a character or will never be one.
const SUSPECTS =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Variation_Selector}\p{Noncharacter_Code_Point}]/u;
// A format character that is seen: it goes around the digits that follow.
const SEEN = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
// Emoji, as a whole: a joiner between two of them, a selector behind one, a key cap.
const EMOJI =
  /\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0e\ufe0f]?(?:\u200d\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0e\ufe0f]?)*|[\d#*][\ufe0e\ufe0f]\u20e3/gu;

/** What a person cannot see in a text, by code point; a tab and a line feed are no secret. */
export function findHidden(text: string): string[] {
  return [...text.replaceAll(EMOJI, "").replaceAll(/[\t\n]/g, "")]
    .filter((sign) => SUSPECTS.test(sign) && !SEEN.test(sign))
    .map((sign) => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
}

// What a terminal would obey or hide: control and format characters, and signs that Unicode wants shown as nothing or that
// will never be one. The parts of emoji are joined by some of them, so these stay.
const UNSEEN =
  /(?!\u200D|\uFE0E|\uFE0F)[\p{Cc}\p{Cf}\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** A line that a person can trust to be what it looks like: what cannot be seen is spelt out. */
export function printable(line: string): string {
  return line.replaceAll(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)?.toString(16) ?? ""}}`);
}

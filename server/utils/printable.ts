// What a terminal would obey or hide: control characters, and signs that Unicode wants shown as nothing. The parts of emoji
// are joined by some of the latter, so these stay.
const UNSEEN = /\p{Cc}|[\u2028\u2029]|(?!\u200D|\uFE0E|\uFE0F)\p{Default_Ignorable_Code_Point}/gu;

/** A line that a person can trust to be what it looks like: what cannot be seen is spelt out. */
export function printable(line: string): string {
  return line.replaceAll(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)?.toString(16) ?? ""}}`);
}

// One word in small letters, as Meta names types and statuses. Anything else in its place may be anybody's.
const WORD = /^[a-z][a-z_]{0,39}$/;

/** A word by Meta that nobody here need know, or `otherwise` where it is none. */
export function metaWord(text: string, otherwise: string): string {
  return WORD.test(text) ? text : otherwise;
}

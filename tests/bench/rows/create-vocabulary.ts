/** Words by how common they are, and words that are made of the same parts and stand nowhere. */
export interface Vocabulary {
  readonly words: readonly string[];
  readonly absent: readonly string[];
}

const ABSENT = 200;
const SYLLABLES = [
  "a be ca da en fo gra hi in jo ka le mar no or pe qui ra so tu un ver wa xi yo za al bri con des",
  "est fin gen hal ist jun ker lin mon nes ost par que ris sen ter und vis wen yel zor ble chi dro",
  "ent fre glo har ing jes kno lum min nor ous pli rou str tion ure vel whi yar zen ance burg cel dem",
]
  .join(" ")
  .split(" ");
// A linear congruential generator, so that every run has the same words (Knuth, MMIX).
const MULTIPLIER = 6_364_136_223_846_793_005n;
const INCREMENT = 1_442_695_040_888_963_407n;

/** Makes words of one to four syllables, the common ones short. */
export function createVocabulary(count: number): Vocabulary {
  let state = 42n;
  const draw = (limit: number): number => {
    state = BigInt.asUintN(64, state * MULTIPLIER + INCREMENT);
    return Number((state >> 33n) % BigInt(limit));
  };
  const found = new Set(SYLLABLES);
  while (found.size < count + ABSENT) {
    const syllables = 2 + draw(3);
    found.add(Array.from({ length: syllables }, () => SYLLABLES[draw(SYLLABLES.length)]).join(""));
  }
  const all = [...found];
  return { words: all.slice(0, count), absent: all.slice(count) };
}

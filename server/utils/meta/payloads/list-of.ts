import * as v from "valibot";

/** A list of `least` to `most` entries. */
export function listOf<const Item extends v.GenericSchema>(item: Item, least: number, most: number) {
  return v.pipe(
    v.array(item),
    v.minLength(least, ({ input }) => `must have at least ${least} entries, has ${input.length}`),
    v.maxLength(most, ({ input }) => `must have at most ${most} entries, has ${input.length}`),
  );
}

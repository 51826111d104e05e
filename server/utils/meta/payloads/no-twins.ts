import * as v from "valibot";

/** Refuses a list in which two entries have the same name: Meta could not tell which one was chosen. */
export function noTwins<Input>(namesOf: (input: Input) => readonly string[], what: string) {
  return v.check<Input, string>((input) => {
    const names = namesOf(input);
    return new Set(names).size === names.length;
  }, `must not have the same ${what} twice`);
}

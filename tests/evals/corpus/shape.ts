import type { Json } from "#tests/helpers/server/webhook-bodies";

/**
 * One thing that Meta may send. `{words}` stands wherever a stranger's text could come to stand, names of unknown members
 * included; `{subject}` for the wamid of an earlier message of the same person.
 */
export interface Shape {
  /** An element of `messages[]`, without what all have in common. */
  readonly message: Json;
  /** The author's entry in `contacts[]`, instead of the common one. */
  readonly contact?: Json;
}

/** Shapes by name. */
export type Shapes = Readonly<Record<string, Shape>>;

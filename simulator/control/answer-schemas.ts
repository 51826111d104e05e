import * as v from "valibot";

const Text = v.pipe(v.string(), v.minLength(1));
const Degrees = v.pipe(v.number(), v.finite());

/** What a person does with a message that asks for something. */
export const AnswerSchema = v.strictObject({
  /** The message with the buttons, the list or the question. */
  wamid: Text,
  /** The id, the title or the place (from 0) of the button or row. */
  choice: v.optional(v.union([Text, v.pipe(v.number(), v.integer(), v.minValue(0))])),
  /** For a message that asks for the location. */
  location: v.optional(
    v.strictObject({
      latitude: Degrees,
      longitude: Degrees,
      name: v.optional(Text),
      address: v.optional(Text),
    }),
  ),
  /** For a flow: what was filled in. */
  response: v.optional(v.record(v.string(), v.unknown())),
  phone_number_id: v.optional(Text),
});

/** What a person does with a message that asks for something. */
export type AnswerInput = v.InferInput<typeof AnswerSchema>;

/** A reaction, or without an emoji the end of one. */
export const ReactionSchema = v.strictObject({
  wamid: Text,
  emoji: v.optional(v.nullable(v.string())),
  phone_number_id: v.optional(Text),
});

/** A reaction, or without an emoji the end of one. */
export type ReactionInput = v.InferInput<typeof ReactionSchema>;

/** The voice message that was listened to. */
export const PlayedSchema = v.strictObject({ wamid: Text, phone_number_id: v.optional(Text) });

import * as v from "valibot";
import type { JsonObject } from "../json";

/** Enough for a family with skin tones. */
const EMOJI_LIMIT = 64;

// All that Unicode recommends and nothing else. Not as a literal: the compiler's target does not know the flag, Node 20 does.
const EMOJI = new RegExp(String.raw`^\p{RGI_Emoji}$`, "v");
// Asks for the colours of a sign that is also a letter, such as a heart. Many keyboards leave it out.
const IN_COLOUR = "\uFE0F";

export const ReactionSchema = v.strictObject({
  /** Meta's id of the message that is reacted to. */
  message_id: v.pipe(v.string(), v.minLength(1, "must not be empty")),
  /** Empty takes the reaction back. */
  emoji: v.pipe(
    v.string(),
    v.maxLength(EMOJI_LIMIT, ({ input }) => `must have at most ${EMOJI_LIMIT} units, has ${input.length}`),
    v.check((emoji) => emoji === "" || isOneEmoji(emoji), "must be one emoji, or empty to take it back"),
  ),
});

export type Reaction = v.InferOutput<typeof ReactionSchema>;

/** The object `reaction` of a message. */
export function buildReaction({ message_id, emoji }: Reaction): JsonObject {
  return { message_id, emoji };
}

function isOneEmoji(emoji: string): boolean {
  return EMOJI.test(emoji) || EMOJI.test(emoji + IN_COLOUR);
}

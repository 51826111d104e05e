import type { JsonObject } from "../../core/json-object";
import { invalid, missing, optionalText, requireText } from "./checks";

const EMOJI = /^(?=.*(\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3))/u;
const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** `reaction`: a message and one emoji; an empty one takes the reaction back. */
export function validateReaction(reaction: JsonObject): void {
  requireText(reaction, "message_id", "reaction.message_id", 512);
  const emoji = optionalText(reaction, "emoji", "reaction.emoji", 64);
  if (emoji === undefined) throw missing("reaction.emoji");
  if (emoji === "") return;
  const single = [...GRAPHEMES.segment(emoji)].length === 1;
  if (!single || !EMOJI.test(emoji)) throw invalid("reaction.emoji must be one emoji");
}

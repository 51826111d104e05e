import * as v from "valibot";
import { prepareReaction } from "../../messaging/sending/prepare-reaction";
import { ReactionSchema } from "../../meta/payloads/reaction";
import { defineTool } from "../define-tool";
import { parsePayload } from "../parse-payload";
import { QueuedMessageSchema } from "../queued-message-schema";
import { sendContent } from "../send-content";
import { sendEntries } from "../send-entries";

const TOOL = "send_reaction";
// It names its message itself.
const { reply_to: _, ...entries } = sendEntries;

export const sendReaction = defineTool({
  name: TOOL,
  title: "React to a message",
  description: "React to a message with one emoji; an empty one takes the reaction back.",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    ...entries,
    message_id: v.pipe(v.string(), v.uuid("must be a message_id")),
    emoji: v.string(),
  }),
  output: QueuedMessageSchema,
  run: (ctx, input) => {
    const given = parsePayload(ReactionSchema, { message_id: input.message_id, emoji: input.emoji });
    return sendContent(ctx, TOOL, input, {
      type: "reaction",
      payload: given,
      text: undefined,
      prepare: (tx, place) => prepareReaction(tx, place, given),
    });
  },
});

import { askGraph, type GraphDoor } from "./ask-graph";
import { explainSendError } from "./explain-send-error";

export interface MarkMessageReadInput {
  /** Meta's id of our number. */
  readonly phoneNumberId: string;
  readonly wamid: string;
  /** Whether the person is shown that somebody types, until our next message or for 25 seconds. */
  readonly isTyping: boolean;
}

/**
 * Tells the person that a message was read, and those before it (Meta, "Mark messages as read", "Typing indicators"). Telling it
 * twice does no harm.
 *
 * @returns `refused` when Meta will never take it: the message is too old, or not known any more (131009, 100)
 */
export async function markMessageRead(
  door: GraphDoor,
  { phoneNumberId, wamid, isTyping }: MarkMessageReadInput,
): Promise<"done" | "refused" | "retry"> {
  const answer = await askGraph(door, {
    path: `${phoneNumberId}/messages`,
    body: {
      messaging_product: "whatsapp",
      status: "read",
      message_id: wamid,
      ...(isTyping ? { typing_indicator: { type: "text" } } : {}),
    },
  });
  if (answer?.httpStatus === 200) return "done";
  if (answer?.code === undefined) return "retry";
  const { class: errorClass } = explainSendError(answer.code, answer.httpStatus);
  return errorClass === "final" || errorClass === "human" ? "refused" : "retry";
}

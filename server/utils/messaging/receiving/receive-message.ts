import type { Transaction } from "#db/client";
import { newId } from "../../ids";
import type { InboundMessage } from "../../meta/inbound-message";
import {
  describeContact,
  moveConversation,
  openInboundConversation,
  resolveContact,
  type NumberRow,
} from "../conversations/store";
import { insertMessage } from "../sending/store";
import { replaceGhost } from "./store";

// Meta names messages and calls of the person as what opens the window; of these it is not known, and a
// window that is thought open too long costs a refused message.
const NOT_OPENING = new Set(["reaction", "system", "unsupported", "unknown", "request_welcome"]);

/** Stores a person's message once, however often and in whatever order Meta delivers it. */
export async function receiveMessage(
  tx: Transaction,
  number: NumberRow,
  message: InboundMessage,
): Promise<void> {
  const contactId = await resolveContact(tx, number.portfolioId, message.aliases);
  const conversationId = await openInboundConversation(tx, number, contactId);
  const told = {
    type: message.type,
    content: message.content,
    text: message.text ?? null,
    replyToWamid: message.replyToWamid ?? null,
    occurredAt: message.occurredAt,
  };
  const isNew = await insertMessage(tx, {
    id: newId(),
    phoneNumberId: number.id,
    conversationId,
    contactId,
    direction: "inbound",
    status: "received",
    wamid: message.wamid,
    ...told,
  });
  const move = { occurredAt: message.occurredAt, opensWindow: !NOT_OPENING.has(message.type), isNew };
  if (isNew) {
    await moveConversation(tx, conversationId, move);
    await describeContact(tx, contactId, message.profileName, message.username);
    return;
  }
  if (message.type === "unsupported" || message.type === "unknown") return;
  const isReal = await replaceGhost(tx, number.id, message.wamid, told);
  if (isReal) await moveConversation(tx, conversationId, move);
}

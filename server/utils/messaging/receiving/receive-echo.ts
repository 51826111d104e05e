import type { Transaction } from "#db/client";
import { newId } from "../../ids";
import { receiveMedia } from "../../media/inbound/receive-media";
import type { MessageEcho } from "../../meta/message-echo";
import { resolveContact } from "../conversations/contacts/store";
import { moveAfterEcho, openInboundConversation, type NumberRow } from "../conversations/store";
import { adoptParked } from "./adopt-parked";
import { applyChanges } from "./apply-changes";
import { insertReceived } from "./store";

/** Stores, once, a message that the business wrote elsewhere. It is nobody's client's, and Meta has it already. */
export async function receiveEcho(
  tx: Transaction,
  number: NumberRow,
  echo: MessageEcho,
  now: Date,
): Promise<void> {
  const { wamid, type, content, occurredAt } = echo;
  const contactId = await resolveContact(tx, number.portfolioId, echo.aliases, occurredAt);
  const { conversationId } = await openInboundConversation(tx, number, contactId);
  const id = newId();
  const side = { conversationId, direction: "outbound" } as const;
  const stored = await insertReceived(tx, {
    ...side,
    id,
    phoneNumberId: number.id,
    contactId,
    status: "sent",
    wamid,
    type,
    content,
    text: echo.text ?? null,
    replyToWamid: echo.replyToWamid ?? null,
    occurredAt,
    sentAt: occurredAt,
  });
  if (!stored) return;
  await receiveMedia(tx, { phoneNumberId: number.id, wamid, content }, now);
  await moveAfterEcho(tx, conversationId, occurredAt);
  if (stored.hasChanges) await applyChanges(tx, number.id, { ...side, wamid });
  if (echo.replyToWamid && (type === "edit" || type === "revoke")) {
    await applyChanges(tx, number.id, { ...side, wamid: echo.replyToWamid });
  }
  await adoptParked(tx, number.id, wamid, id);
}

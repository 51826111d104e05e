import type { Transaction } from "#db/client";
import { recordAudit } from "../../audit/record-audit";
import { newId } from "../../ids";
import { receiveMedia } from "../../media/inbound/receive-media";
import type { InboundMessage } from "../../meta/inbound-message";
import {
  describePerson,
  moveConversation,
  openInboundConversation,
  type NumberRow,
} from "../conversations/store";
import { applyChanges } from "./apply-changes";
import { isUnreadableEdit } from "./is-unreadable-edit";
import { findAuthor } from "./find-author";
import { opensWindow } from "./opens-window";
import { insertReceived, markEdited, replaceGhost } from "./store";

const GHOSTS = new Set(["unsupported", "unknown"]);
const CHANGES = new Set(["edit", "revoke", "unsupported"]);

/**
 * Stores a person's message once, however often and in whatever order Meta delivers it.
 *
 * A message of a thread that another agent has (`standby`) is kept where it belongs and can be read, but it is quiet: it is
 * not unread and wakes nobody who waits, because two would answer then.
 */
export async function receiveMessage(
  tx: Transaction,
  number: NumberRow,
  message: InboundMessage,
  now: Date,
): Promise<void> {
  const { contactId, hasConflict } = await findAuthor(tx, number, message);
  const { conversationId, ...names } = await openInboundConversation(tx, number, contactId);
  const { wamid, type, content, occurredAt, isStandby } = message;
  const replyToWamid = message.replyToWamid ?? null;
  const told = { type, content, text: message.text ?? null, replyToWamid, occurredAt };
  const ids = { id: newId(), phoneNumberId: number.id, conversationId, contactId };
  const side = { conversationId, direction: "inbound" } as const;
  const stored = await insertReceived(tx, {
    ...ids,
    ...told,
    ...side,
    status: "received",
    wamid,
    quiet: isStandby,
    // It may stand in the place of the message that was edited, until that one comes.
    ...(isUnreadableEdit(message) ? { editedAt: occurredAt } : {}),
  });
  if (!stored && isUnreadableEdit(message)) await markEdited(tx, number.id, wamid, occurredAt);
  if (!stored && (GHOSTS.has(type) || !(await replaceGhost(tx, number.id, wamid, told)))) return;
  await receiveMedia(tx, { phoneNumberId: number.id, wamid, content }, now);
  const counts = isStandby ? "quiet" : stored ? "new" : "again";
  await moveConversation(tx, conversationId, { occurredAt, opensWindow: opensWindow(message), counts });
  await describePerson(tx, conversationId, names, message);
  if (!stored || stored.hasChanges) await applyChanges(tx, number.id, { ...side, wamid });
  if (replyToWamid && CHANGES.has(type)) {
    await applyChanges(tx, number.id, { ...side, wamid: replyToWamid });
  }
  if (hasConflict) await recordConflict(tx, ids, now);
}

// Two contacts may be one person now, and nobody merges them silently: somebody should look.
async function recordConflict(
  tx: Transaction,
  {
    id: messageId,
    phoneNumberId,
    conversationId,
  }: { id: string; phoneNumberId: string; conversationId: string },
  at: Date,
): Promise<void> {
  await recordAudit(tx, {
    at,
    actor: "system",
    action: "contact.conflict",
    outcome: "failed",
    phoneNumberId,
    conversationId,
    messageId,
  });
}

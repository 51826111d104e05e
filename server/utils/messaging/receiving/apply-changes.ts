import type { Transaction } from "#db/client";
import { editContent } from "../../meta/edit-content";
import { updateMessage } from "../sending/store";
import { isUnreadableEdit } from "./is-unreadable-edit";
import { emptyMessages, listChanges, lockSubject, type AuthoredMessage, type Subject } from "./store";

/**
 * Brings a message to what its author made of it since: edited, or taken back. It looks at everything that was said about
 * the message and comes to the same end in whatever order that arrived, before the message itself too. Only the author's word
 * counts, so both must stand on the same side of the same conversation. The caller holds the conversation's lock.
 */
export async function applyChanges(tx: Transaction, phoneNumberId: string, subject: Subject): Promise<void> {
  const original = await lockSubject(tx, subject, phoneNumberId);
  const changes = await listChanges(tx, subject);
  const edits = changes.filter(({ type }) => type === "edit");
  const revoke = changes.find(({ type }) => type === "revoke");
  if (revoke) {
    // The edits hold its words as well.
    const ids = [...(original ? [original] : []), ...edits].map(({ id }) => id);
    await emptyMessages(tx, ids, revoke.occurredAt);
    return;
  }
  const editedAt = changes.findLast(
    (change) => change.type === "edit" || isUnreadableEdit(change),
  )?.occurredAt;
  if (!original || !editedAt) return;
  const edit = edits.at(-1);
  await updateMessage(tx, original.id, { editedAt, ...(edit ? readEdit(original, edit) : {}) });
}

function readEdit(original: AuthoredMessage, edit: AuthoredMessage): Partial<AuthoredMessage> {
  const text = edit.text;
  // What a client of ours sent is kept in the shape of the request.
  return original.clientId ? { text } : { text, content: editContent(original.content, edit.content) };
}

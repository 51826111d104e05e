import { asList, asObject, asText, type JsonObject } from "./json";

/** One thing that a webhook tells: a message, a status, or something that is only kept. */
export interface WebhookElement {
  readonly kind: "message" | "status" | "other";
  /** Where it stands in the body, for a dead letter. */
  readonly path: string;
  readonly field: string | undefined;
  readonly wabaId: string | undefined;
  readonly phoneNumberId: string | undefined;
  readonly raw: JsonObject;
  /** Who wrote the message, where Meta says so. */
  readonly contact: JsonObject | undefined;
}

/**
 * Takes a webhook body apart. Never throws: whatever is missing or of another type than documented is
 * skipped or kept as `other`. All entries and changes count, and a change may hold messages and statuses.
 */
export function readWebhookElements(body: unknown): WebhookElement[] {
  const elements: WebhookElement[] = [];
  for (const [entryIndex, entryValue] of asList(asObject(body).entry).entries()) {
    const entry = asObject(entryValue);
    for (const [changeIndex, changeValue] of asList(entry.changes).entries()) {
      const change = asObject(changeValue);
      const path = `entry[${entryIndex}].changes[${changeIndex}]`;
      elements.push(...readChange(change, asText(entry.id), path));
    }
  }
  return elements;
}

function readChange(change: JsonObject, wabaId: string | undefined, path: string): WebhookElement[] {
  const value = asObject(change.value);
  const field = asText(change.field);
  const shared = { field, wabaId, phoneNumberId: asText(asObject(value.metadata).phone_number_id) };
  // A body without a field name is read as messages: seen in samples, and there is nothing to lose.
  if (field !== undefined && field !== "messages") {
    return [{ ...shared, kind: "other", path, raw: value, contact: undefined }];
  }
  const contacts = asList(value.contacts).map(asObject);
  const elements: WebhookElement[] = [];
  for (const [index, item] of asList(value.messages).entries()) {
    const raw = asObject(item);
    const where = `${path}.value.messages[${index}]`;
    elements.push({ ...shared, kind: "message", path: where, raw, contact: findContact(contacts, raw) });
  }
  for (const [index, item] of asList(value.statuses).entries()) {
    const where = `${path}.value.statuses[${index}]`;
    elements.push({ ...shared, kind: "status", path: where, raw: asObject(item), contact: undefined });
  }
  return elements;
}

// By identity, not by place: the arrays need not be parallel. A single contact is the author, unless it says that it is
// somebody else: its ids would be taken for the author's.
function findContact(contacts: JsonObject[], message: JsonObject): JsonObject | undefined {
  const waId = asText(message.from);
  const userId = asText(message.from_user_id);
  const isOther = (contact: JsonObject): boolean =>
    differ(asText(contact.user_id), userId) || differ(asText(contact.wa_id), waId);
  return (
    contacts.find((contact) => userId !== undefined && asText(contact.user_id) === userId) ??
    contacts.find((contact) => waId !== undefined && asText(contact.wa_id) === waId) ??
    (contacts.length === 1 ? contacts.find((contact) => !isOther(contact)) : undefined)
  );
}

function differ(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && left !== right;
}

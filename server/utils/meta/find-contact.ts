import { asText, type JsonObject } from "./json";

/**
 * Who of `contacts[]` a person is. By identity, not by place: the arrays need not be parallel. A single contact is the
 * person, unless it says that it is somebody else: its ids would be taken for the person's.
 */
export function findContact(
  contacts: readonly JsonObject[],
  waId: string | undefined,
  userId: string | undefined,
): JsonObject | undefined {
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

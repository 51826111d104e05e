import { findContact } from "./find-contact";
import { asList, asObject, asText, type JsonObject } from "./json";

/** One thing that a webhook tells. `other` is only kept: the body stays in the inbox as it came. */
export interface WebhookElement {
  readonly kind: "message" | "status" | "echo" | "preference" | "call" | "error" | "other";
  /** Where it stands in the body, for a dead letter. */
  readonly path: string;
  readonly field: string | undefined;
  readonly wabaId: string | undefined;
  readonly phoneNumberId: string | undefined;
  readonly raw: JsonObject;
  /** Who wrote the message or gets it, where Meta says so. */
  readonly contact: JsonObject | undefined;
  /** Whether another agent has the thread (Meta Business Agent, since August 2026). */
  readonly isStandby: boolean;
  /** Why something that looks like a message or a status could not be read as one. */
  readonly reason?: string;
}

type Shared = Pick<WebhookElement, "field" | "wabaId" | "phoneNumberId" | "isStandby">;

/** A value and where it stands. */
interface Found {
  readonly item: unknown;
  readonly path: string;
}

// The lists of a value, what their elements are, and in which fields an element names its person.
const LISTS = [
  { name: "messages", kind: "message", waId: "from", userId: "from_user_id" },
  { name: "statuses", kind: "status", waId: undefined, userId: undefined },
  { name: "message_echoes", kind: "echo", waId: "to", userId: "to_user_id" },
  { name: "user_preferences", kind: "preference", waId: "wa_id", userId: "user_id" },
  { name: "errors", kind: "error", waId: undefined, userId: undefined },
] as const;

// The fields whose values hold such lists.
const FIELDS = new Set(["messages", "smb_message_echoes", "message_echoes", "user_preferences", "standby"]);
// Their `statuses` are of calls.
const CALLS = "calls";
const CALL_LISTS = [{ name: CALLS, kind: "call", waId: "from", userId: "from_user_id" }] as const;
const NESTING_LIMIT = 3;

/**
 * Takes a webhook body apart. Never throws: whatever is missing or of another type than documented is
 * skipped or kept as `other`. All entries and changes count, and a change may hold messages and statuses.
 */
export function readWebhookElements(body: unknown): WebhookElement[] {
  return findItems(asObject(body).entry, "entry").flatMap((entry) => {
    const { id, changes } = asObject(entry.item);
    return findItems(changes, `${entry.path}.changes`).flatMap(({ item, path }) =>
      readChange(asObject(item), asText(id), path),
    );
  });
}

// A lone object stands for a list of one, and a list in a list for its elements.
function findItems(value: unknown, path: string, depth = 0): Found[] {
  return asList(value).flatMap((item, index) => {
    const found = { item, path: `${path}[${index}]` };
    const isList = Array.isArray(item) && item.length > 0 && depth < NESTING_LIMIT;
    return isList ? findItems(item, found.path, depth + 1) : [found];
  });
}

function readChange(change: JsonObject, wabaId: string | undefined, path: string): WebhookElement[] {
  const field = asText(change.field);
  const found = Array.isArray(change.value)
    ? findItems(change.value, `${path}.value`)
    : [{ item: change.value, path: `${path}.value` }];
  return found.flatMap((one) => {
    const value = asObject(one.item);
    const metadata = asObject(findItems(value.metadata, "")[0]?.item);
    const phoneNumberId = asText(metadata.phone_number_id);
    const shared = { field, wabaId, phoneNumberId, isStandby: field === "standby" };
    // A body without a field name is read as messages: seen in samples, and there is nothing to lose.
    if (field === undefined || FIELDS.has(field)) return readValue(value, shared, one.path);
    if (field === CALLS && value[CALLS] !== undefined) return readLists(value, shared, one.path, CALL_LISTS);
    const isOdd = field !== CALLS && LISTS.some(({ name }) => findItems(value[name], "").some(looksLikeOne));
    const odd = isOdd ? { reason: "it looks like messages, under a field that nobody here knows" } : {};
    return [{ ...shared, kind: "other" as const, path, raw: value, contact: undefined, ...odd }];
  });
}

function readValue(value: JsonObject, shared: Shared, path: string): WebhookElement[] {
  // While another agent has the thread, its events are nested under `standby` instead of standing where they belong.
  const nested = findItems(value.standby, `${path}.standby`).flatMap((found) => {
    const inner: JsonObject = { contacts: value.contacts, ...asObject(found.item) };
    const isValue = LISTS.some(({ name }) => inner[name] !== undefined);
    const lists = isValue ? inner : { contacts: value.contacts, messages: [found.item] };
    return readLists(lists, { ...shared, isStandby: true }, found.path);
  });
  return [...readLists(value, shared, path), ...nested];
}

function readLists(
  value: JsonObject,
  shared: Shared,
  path: string,
  lists: readonly ((typeof LISTS)[number] | (typeof CALL_LISTS)[number])[] = LISTS,
): WebhookElement[] {
  const contacts = findItems(value.contacts, "").map(({ item }) => asObject(item));
  const elements: WebhookElement[] = [];
  for (const { name, kind, waId, userId } of lists) {
    const where = `${path}.${name}`;
    if (kind !== "error" && isMisshapen(value[name])) {
      const reason = "a list belongs here";
      elements.push({ ...shared, kind: "other", path: where, raw: {}, contact: undefined, reason });
    }
    for (const found of findItems(value[name], where)) {
      const raw = asObject(found.item);
      const contact = waId && findContact(contacts, asText(raw[waId]), asText(raw[userId]));
      elements.push({ ...shared, kind: isKept(raw) ? "other" : kind, path: found.path, raw, contact });
    }
  }
  return elements;
}

// A group is no person, so that its messages belong into no conversation with one; the state of a call is no message's.
function isKept(raw: JsonObject): boolean {
  return asText(raw.group_id) !== undefined || (raw.type === "call" && raw.status !== undefined);
}

function looksLikeOne({ item }: Found): boolean {
  const { id, type, status } = asObject(item);
  return asText(id) !== undefined && (asText(type) ?? asText(status)) !== undefined;
}

// Nothing, in any of its forms, is no list and no loss.
function isMisshapen(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : value === true || typeof value === "number";
}

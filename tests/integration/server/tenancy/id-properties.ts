/** Every kind of id that names something of one client. */
export const ID_KINDS = [
  "number",
  "conversation",
  "contact",
  "phone",
  "wa_id",
  "bsuid",
  "message",
  "received",
  "wamid",
  "media",
  "page_cursor",
  "ranked_cursor",
  "feed_cursor",
  "approval",
  "session",
  "idempotency_key",
] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** The ways in which a person can be named. */
export const PERSON_KINDS: readonly IdKind[] = ["phone", "wa_id", "bsuid"];

const PERSON = [...PERSON_KINDS, "contact"] as const;

/** The arguments that take an id, by name or by tool and name, and the kinds of ids that fit. */
export const ID_PROPERTIES: ReadonlyMap<string, readonly IdKind[]> = new Map<string, readonly IdKind[]>([
  ["phone_number_id", ["number"]],
  ["conversation_id", ["conversation"]],
  ["to", PERSON],
  ["contact", PERSON],
  ["contact_id", ["contact"]],
  ["message_id", ["message"]],
  // Only what a person wrote can be read.
  ["mark_read.message_id", ["received"]],
  ["media_id", ["media"]],
  ["reply_to", ["message", "wamid"]],
  ["cursor", ["page_cursor", "ranked_cursor", "feed_cursor"]],
  ["approval_id", ["approval"]],
  ["idempotency_key", ["idempotency_key"]],
]);

const LOOKS_LIKE_ID = /(_id|_ids)$|^(to|contact|cursor|reply_to)$/;

/**
 * The kinds of ids that an argument takes; undefined when it takes none.
 *
 * @throws Error for an argument that looks like an id and that the table does not know
 */
export function readIdKinds(tool: string, property: string): readonly IdKind[] | undefined {
  const kinds = ID_PROPERTIES.get(`${tool}.${property}`) ?? ID_PROPERTIES.get(property);
  if (!kinds && LOOKS_LIKE_ID.test(property)) {
    throw new Error(
      `${tool} takes "${property}", which looks like an id, and nobody tried yet whether it keeps clients apart. ` +
        "Add it to ID_PROPERTIES in tests/integration/server/tenancy/id-properties.ts with the kinds of ids that fit. " +
        "A new kind goes into ID_KINDS; then have plant-world.ts plant one for each client, and invent-id.ts make one up.",
    );
  }
  return kinds;
}

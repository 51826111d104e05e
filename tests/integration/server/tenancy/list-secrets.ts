import type { TestContext } from "#tests/helpers/server/create-test-context";
import type { SeededNumber } from "#tests/helpers/server/seed-tenants";
import { canaryOf } from "./canary-of";
import type { PEOPLE } from "./converse";
import type { IdKind } from "./id-properties";

interface Holder {
  readonly name: keyof typeof PEOPLE;
  readonly clientId: string;
  readonly ids: Readonly<Record<IdKind, string>>;
}

/** What belongs to a client and must never reach another: every id in every table, its names, its words, its person. */
export async function listSecrets(
  { sql }: TestContext,
  { name, clientId, ids }: Holder,
  number: SeededNumber,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with own as (select * from conversations where owner_client_id = ${clientId}),
      own_messages as (select m.* from messages m join own on own.id = m.conversation_id)
    select ${clientId} as id union select ${number.id}
    union select id::text from api_keys where client_id = ${clientId}
    union select prefix from api_keys where client_id = ${clientId}
    union select id::text from grants where client_id = ${clientId}
    union select id::text from approvals where client_id = ${clientId}
    union select id::text from own union select contact_id::text from own
    union select id::text from own_messages
    union select wamid from own_messages where wamid is not null
    union select id::text from media_objects where client_id = ${clientId}
    union select e.id::text from message_events e join own_messages m on m.id = e.message_id
    union select id::text from audit_log where client_id = ${clientId}
    union select o.id::text from outbox o join own_messages m on o.data ->> 'message_id' = m.id::text
    union select a.value from contact_aliases a join own on own.contact_id = a.contact_id`;
  const found = [...rows.map(({ id }) => id), number.waPhoneNumberId, canaryOf(name), ...Object.values(ids)];
  // A page's cursor is a message's id, and a session's is not in any table.
  return [...new Set(found)];
}

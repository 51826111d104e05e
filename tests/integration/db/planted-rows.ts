import type postgres from "postgres";
import { createWebhookInbox } from "#server/utils/inbox/create-webhook-inbox";
import { sendAs } from "#tests/helpers/server/call-as";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import type { TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import type { SeededNumber, Tenant, Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

/** Words that stand in everything of a client that can hold words. */
export const canaryOf = (name: string): string => `canary-${name}-4f1c`;

/** Has each client write and be answered on its own number and on the shared one, so that every table has rows of both. */
export async function plantRows(ctx: TestContext, { ann, bob, numbers }: Tenants): Promise<void> {
  await converse(ctx, "ann", ann, numbers.ann, "16505550001");
  await converse(ctx, "ann", ann, numbers.shared, "16505550002");
  await converse(ctx, "bob", bob, numbers.bob, "16505550003");
  await converse(ctx, "bob", bob, numbers.shared, "16505550004");
  for (const { clientId, keyId } of [ann, bob]) await plantDecisions(ctx.sql, clientId, keyId);
  for (const { clientId, keyId } of [ann, bob]) await plantSession(ctx.sql, clientId, keyId);
  for (const { clientId } of [ann, bob])
    await plantFiles(ctx.sql, clientId, clientId === ann.clientId ? "ann" : "bob");
  await plantTemplate(ctx.sql, "900");
  await plantTemplate(ctx.sql, "999");
  // A status that nobody's message belongs to stays parked.
  const now = ctx.clock.now();
  await receiveWebhook(ctx, webhookBody("102", { statuses: [statusOf("wamid.nobody", "sent", now)] }));
  const inbox = createWebhookInbox({ database: ctx.database, clock: ctx.clock, onAccepted: () => {} });
  await inbox.accept(Buffer.from(`{"waiting":"${canaryOf("bob")}"}`));
}

/** A file with a message in each direction on the client's own number, and one that has none yet. */
async function plantFiles(sql: postgres.Sql, clientId: string, name: string): Promise<void> {
  const named = `${canaryOf(name)}.png`;
  await sql`
    insert into media_objects (id, phone_number_id, message_id, client_id, direction, kind, state, file_name, source_url)
    select gen_random_uuid(), m.phone_number_id, m.id, m.client_id, m.direction, 'image', 'pending', ${named},
      case when m.client_id is not null then 'https://example.com/a.png' end
    from messages m join conversations c on c.id = m.conversation_id
    where c.owner_client_id = ${clientId}`;
  await sql`
    insert into media_objects (id, phone_number_id, client_id, direction, kind, file_name, source_url)
    select gen_random_uuid(), phone_number_id, ${clientId}, 'outbound', 'image', ${named}, 'https://example.com/a.png'
    from conversations where owner_client_id = ${clientId} limit 1`;
}

async function plantTemplate(sql: postgres.Sql, wabaId: string): Promise<void> {
  await sql`
    insert into templates (id, waba_id, wa_template_id, name, language, category, status, components, synced_at)
    values (gen_random_uuid(), ${wabaId}, '1', ${`template_of_${wabaId}`}, 'en', 'UTILITY', 'APPROVED', '[]', now())`;
}

/** A decision about one of the client's messages, and a person on the lists of its grants. */
async function plantDecisions(sql: postgres.Sql, clientId: string, keyId: string): Promise<void> {
  await sql`
    insert into approvals (id, message_id, client_id, api_key_id, content_hash, state, expires_at)
    select gen_random_uuid(), id, client_id, ${keyId}, ${canaryOf("digest")}, 'approved', now()
    from messages where client_id = ${clientId} limit 1`;
  await sql`
    insert into grant_recipients (grant_id, contact_id)
    select g.id, c.contact_id from grants g
    join conversations c on c.phone_number_id = g.phone_number_id and c.owner_client_id = g.client_id
    where g.client_id = ${clientId}`;
}

/** A session of one of the client's agents. */
async function plantSession(sql: postgres.Sql, clientId: string, keyId: string): Promise<void> {
  const initialize = sql.json({ clientInfo: { name: canaryOf("session") } });
  await sql`
    insert into mcp_sessions (id, client_id, api_key_id, initialize, last_seen_at)
    values (gen_random_uuid(), ${clientId}, ${keyId}, ${initialize}, now())`;
}

async function converse(
  ctx: TestContext,
  name: string,
  tenant: Tenant,
  number: SeededNumber,
  person: string,
): Promise<void> {
  const body = `${canaryOf(name)} says hello`;
  await sendAs(ctx, tenant, { to: `+${person}`, body, phone_number_id: number.waPhoneNumberId });
  await deliverEvents(ctx);
  const wamid = `wamid.scripted-${ctx.graph.calls.length}`;
  const now = ctx.clock.now();
  const contacts = [{ wa_id: person, profile: { name: `${canaryOf(name)} friend` } }];
  const answer = textFrom(person, `wamid.in-${person}`, `${canaryOf(name)} answers`, now);
  const statuses = [statusOf(wamid, "sent", now), statusOf(wamid, "delivered", now)];
  await receiveWebhook(
    ctx,
    webhookBody(number.waPhoneNumberId, { statuses }, { contacts, messages: [answer] }),
  );
}

/** Every id that belongs to a client and to nobody else, by the tables' own columns. */
export async function listIdsOf(sql: postgres.Sql, clientId: string, numberId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with own as (select * from conversations where owner_client_id = ${clientId}),
      own_messages as (select m.* from messages m join own on own.id = m.conversation_id)
    select ${clientId}::uuid as id
    union select ${numberId}::uuid
    union select id from api_keys where client_id = ${clientId}
    union select id from grants where client_id = ${clientId}
    union select id from approvals where client_id = ${clientId}
    union select id from own union select contact_id from own
    union select id from own_messages
    union select e.id from message_events e join own_messages m on m.id = e.message_id
    union select id from message_events where message_id is null
    union select f.id from media_objects f
      where f.client_id = ${clientId} or f.message_id in (select id from own_messages)
    union select id from audit_log where client_id = ${clientId}
    union select id from outbox union select id from webhook_inbox`;
  return rows.map(({ id }) => id);
}

/** The tables and views there are, with the columns that a client's role may read and change. */
export interface ClientTable {
  readonly name: string;
  readonly columns: string[];
  readonly readable: string[];
  readonly changeable: string[];
}

/** Asked of the catalogue, so that a table that comes later is tested too. */
export async function listClientTables(sql: postgres.Sql): Promise<ClientTable[]> {
  const rows = await sql<ClientTable[]>`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns,
      coalesce(array_agg(a.attname::text) filter (where has_column_privilege('wamcp_client', c.oid, a.attnum, 'SELECT')), '{}') as readable,
      coalesce(array_agg(a.attname::text) filter (where has_column_privilege('wamcp_client', c.oid, a.attnum, 'UPDATE')), '{}') as changeable
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
    group by c.relname order by c.relname`;
  return [...rows];
}

import type { TestContext } from "#tests/helpers/server/create-test-context";

// What calls may change, and what every cell of a matrix must find as it was.
const MUTABLE = [
  "contacts",
  "contact_aliases",
  "conversations",
  "messages",
  "message_events",
  "message_words",
  "media_objects",
  "approvals",
  "changes",
  "outbox",
  "usage_daily",
] as const;

/** Keeps a copy of all that calls may change. */
export async function keepAsPlanted({ sql }: TestContext): Promise<void> {
  await sql.unsafe("drop schema if exists planted cascade; create schema planted");
  for (const table of MUTABLE) await sql.unsafe(`create table planted.${table} as table public.${table}`);
}

/** Makes everything as it was when the world was planted, the audit log apart. */
export async function restoreWorld({ sql }: TestContext): Promise<void> {
  await sql.begin(async (tx) => {
    // No trigger and no foreign key has a say in this.
    await tx.unsafe("set local session_replication_role = replica");
    for (const table of MUTABLE) {
      await tx.unsafe(`delete from public.${table}; insert into public.${table} table planted.${table}`);
    }
  });
}

/** Whose conversations are meant, on which number. */
export interface Place {
  readonly clientId: string;
  readonly number: { readonly id: string };
}

/** How many rows of a client's conversations on a number are not as they were planted. */
export async function countTouched({ sql }: TestContext, { clientId, number }: Place): Promise<number> {
  const lost = (table: string, whose: string) =>
    `select '${table}' from (table planted.${table} except table public.${table}) as gone where ${whose}`;
  const own = `owner_client_id = '${clientId}' and phone_number_id = '${number.id}'`;
  const talks = `(select id from planted.conversations where ${own})`;
  const people = `(select contact_id from planted.conversations where ${own})`;
  const messages = `(select id from planted.messages where conversation_id in ${talks})`;
  const rows = await sql.unsafe(
    [
      lost("conversations", own),
      lost("messages", `conversation_id in ${talks}`),
      lost("message_events", `message_id in ${messages}`),
      lost("message_words", `conversation_id in ${talks}`),
      lost("media_objects", `client_id = '${clientId}'`),
      lost("approvals", `message_id in ${messages}`),
      lost("contacts", `id in ${people}`),
      lost("contact_aliases", `contact_id in ${people}`),
      `select 'messages' from messages where conversation_id in ${talks} and id not in ${messages}`,
    ].join(" union all "),
  );
  return rows.length;
}

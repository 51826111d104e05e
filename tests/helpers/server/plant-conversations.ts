import { newId } from "#server/utils/ids";
import type { TestContext } from "./create-test-context";
import type { SeededNumber } from "./seed-tenants";

/** Opens conversations without messages, in one statement. Returns their ids, the oldest first. */
export async function plantConversations(
  { sql, clock }: TestContext,
  number: SeededNumber,
  ownerClientId: string | null,
  count: number,
): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({ contact: newId(), conversation: newId() }));
  const contacts = rows.map(({ contact }) => contact);
  const ids = rows.map(({ conversation }) => conversation);
  await sql`insert into contacts (id, portfolio_id) select unnest(${contacts}::uuid[]), '900'`;
  await sql`
    insert into conversations (id, phone_number_id, contact_id, owner_client_id, last_message_at)
    select id, ${number.id}, contact_id, ${ownerClientId}, ${clock.now()}
    from unnest(${ids}::uuid[], ${contacts}::uuid[]) as rows (id, contact_id)`;
  return ids;
}

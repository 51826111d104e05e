import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

// A search looks at the newest 10,000 first; of these, 2,000 lie below.
const MESSAGES = 12_000;
const LIMIT = 30;

interface Page {
  messages: { id: string }[];
  next_cursor: string | null;
}

let ctx: TestContext;
let tenants: Tenants;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  await plant();
});

afterAll(() => ctx.close());

/** The id of the message in a place; 1 is the oldest. */
const idOf = (place: number): string => `01900000-0000-7000-8000-${String(place).padStart(12, "0")}`;

/** Ann's messages in two conversations, without the work of sending them. */
async function plant(): Promise<void> {
  const { shared } = tenants.numbers;
  await ctx.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`create temp table planted on commit drop as
      select gen_random_uuid() as id, gen_random_uuid() as contact_id, place from generate_series(0, 1) as place`;
    await sql`insert into contacts (id, portfolio_id) select contact_id, '900' from planted`;
    await sql`insert into conversations (id, phone_number_id, contact_id, owner_client_id)
      select id, ${shared.id}, contact_id, ${tenants.ann.clientId} from planted`;
    await sql`insert into messages (id, phone_number_id, conversation_id, contact_id, direction, type, status, content, text, occurred_at)
      select ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ${shared.id}, p.id, p.contact_id,
        'inbound', case when n % 4000 = 5 then 'document' else 'text' end, 'received', '{}',
        'common' || case when n % 100 = 0 then ' hundredth' else '' end || case when n % 400 = 1 then ' seldom' else '' end
          || case when n = 77 then ' earliest' else '' end, now()
      from generate_series(1, ${MESSAGES}::int) as n join planted p on p.place = n % 2`;
    await sql`insert into message_words (message_id, phone_number_id, conversation_id, owner_client_id, words, lexemes)
      select m.id, m.phone_number_id, m.conversation_id, ${tenants.ann.clientId}, m.text, to_tsvector('simple', m.text)
      from messages m`;
  });
}

async function search(args: Record<string, unknown>): Promise<Page> {
  const answer = await callAs(ctx, tenants.ann, "search_messages", { limit: LIMIT, ...args });
  expect(answer.isError).toBe(false);
  return answer.structuredContent as unknown as Page;
}

const idsOf = (page: Page): string[] => page.messages.map(({ id }) => id);

describe("a search far back", () => {
  it.each(["earliest", '"common earliest"', "arlies", "EARLIEST common"])(
    "finds the only one that holds %s",
    async (query) => {
      expect(idsOf(await search({ query }))).toEqual([idOf(77)]);
    },
  );

  it("finds it by its conversation, its direction and its type as well", async () => {
    const [row] = await ctx.sql<{ conversation_id: string }[]>`
      select conversation_id from messages where id = ${idOf(77)}`;
    const query = "earliest";
    expect(idsOf(await search({ query, conversation_id: row?.conversation_id }))).toEqual([idOf(77)]);
    expect(idsOf(await search({ query, direction: "inbound", type: "text" }))).toEqual([idOf(77)]);
    expect(idsOf(await search({ query, direction: "outbound" }))).toEqual([]);
  });

  it("finds a common word with a type that is rare", async () => {
    const ids = idsOf(await search({ query: "common", type: "document" }));
    expect(ids).toEqual([idOf(8_005), idOf(4_005), idOf(5)]);
  });

  it.each(["seldom", "eldo"])("fills a page from both parts: %s", async (query) => {
    const places = Array.from({ length: LIMIT }, (_, place) => idOf(11_601 - place * 400));
    expect(idsOf(await search({ query }))).toEqual(places);
  });

  it.each(["hundredth", "undredt"])("pages over what lies in both parts: %s", async (query) => {
    const found: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await search({ query, ...(cursor ? { cursor } : {}) });
      expect(page.messages.length).toBeLessThanOrEqual(LIMIT);
      found.push(...idsOf(page));
      cursor = page.next_cursor;
    } while (cursor !== null && found.length <= MESSAGES);
    expect(found).toEqual(Array.from({ length: MESSAGES / 100 }, (_, place) => idOf(MESSAGES - place * 100)));
  });
});

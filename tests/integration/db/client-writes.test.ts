import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { plantRows } from "./planted-rows";

interface Target {
  id: string;
  phone_number_id: string;
  contact_id: string;
  message_id: string;
}

let ctx: TestContext;
let tenants: Tenants;
const targets = {} as { ann: Target; bob: Target; bobOnShared: Target };

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  await plantRows(ctx, tenants);
  const { ann, bob, numbers } = tenants;
  targets.ann = await findConversation(ann.clientId, numbers.ann.id);
  targets.bob = await findConversation(bob.clientId, numbers.bob.id);
  targets.bobOnShared = await findConversation(bob.clientId, numbers.shared.id);
});

afterAll(() => ctx.close());

async function findConversation(clientId: string, numberId: string): Promise<Target> {
  const [row] = await ctx.sql<[Target]>`
    select c.id, c.phone_number_id, c.contact_id, m.id as message_id
    from conversations c join messages m on m.conversation_id = c.id and m.direction = 'outbound'
    where c.owner_client_id = ${clientId} and c.phone_number_id = ${numberId}`;
  return row;
}

/** Inserts one row as ann and tells the error's code, or that it was allowed. */
async function insertAsAnn(table: string, row: Record<string, unknown>): Promise<string> {
  return insertAs("wamcp_client", table, row);
}

async function insertAs(role: string, table: string, row: Record<string, unknown>): Promise<string> {
  const isAllowed = new Error("rolled back");
  try {
    await ctx.sql.begin(async (tx) => {
      await tx.unsafe(`set local role ${role}`);
      await tx`select set_config('app.client_id', ${tenants.ann.clientId}, true)`;
      await tx`insert into ${tx(table)} ${tx(row)}`;
      throw isAllowed;
    });
  } catch (error) {
    if (error === isAllowed) return "allowed";
    return (error as postgres.PostgresError).code;
  }
  return "unreachable";
}

const messageIn = ({ id, phone_number_id, contact_id }: Target, more: Record<string, unknown> = {}) => ({
  id: newId(),
  phone_number_id,
  conversation_id: id,
  contact_id,
  client_id: tenants.ann.clientId,
  direction: "outbound",
  type: "text",
  status: "queued",
  content: {},
  occurred_at: new Date(),
  ...more,
});

const DENIED = "42501";

describe("messages", () => {
  it("lets a client queue a message in its own conversation", async () => {
    expect(await insertAsAnn("messages", messageIn(targets.ann))).toBe("allowed");
  });

  it("refuses another's conversation, on another number and on a shared one", async () => {
    expect(await insertAsAnn("messages", messageIn(targets.bob))).toBe(DENIED);
    expect(await insertAsAnn("messages", messageIn(targets.bobOnShared))).toBe(DENIED);
  });

  it("refuses its own conversation on another's number or with another's contact", async () => {
    const { phone_number_id, contact_id } = targets.bob;
    expect(await insertAsAnn("messages", messageIn(targets.ann, { phone_number_id }))).toBe(DENIED);
    expect(await insertAsAnn("messages", messageIn(targets.ann, { contact_id }))).toBe(DENIED);
  });

  it.each([
    ["a message that claims to be sent", { status: "sent" }],
    ["one that claims to be accepted", { status: "accepted" }],
    ["an inbound message", { direction: "inbound", status: "received" }],
    ["one that carries Meta's id before Meta gave it", { wamid: "wamid.taken" }],
  ])("refuses %s", async (_what, more) => {
    expect(await insertAsAnn("messages", messageIn(targets.ann, more))).toBe(DENIED);
  });

  it("refuses a message in another client's name", async () => {
    const client_id = tenants.bob.clientId;
    expect(await insertAsAnn("messages", messageIn(targets.ann, { client_id }))).toBe(DENIED);
  });
});

describe("message_events", () => {
  const eventOf = ({ message_id, phone_number_id }: Target, more: Record<string, unknown> = {}) => ({
    id: newId(),
    message_id,
    phone_number_id,
    status: "queued",
    occurred_at: new Date(),
    ...more,
  });

  it("lets a client write that its own message was queued", async () => {
    expect(await insertAsAnn("message_events", eventOf(targets.ann))).toBe("allowed");
  });

  it("refuses another's message, another status, and a parked event", async () => {
    expect(await insertAsAnn("message_events", eventOf(targets.bob))).toBe(DENIED);
    expect(await insertAsAnn("message_events", eventOf(targets.ann, { status: "delivered" }))).toBe(DENIED);
    expect(await insertAsAnn("message_events", eventOf(targets.ann, { message_id: null }))).toBe(DENIED);
  });

  it("refuses an event that would take the place of a webhook's on another's number", async () => {
    const { phone_number_id } = targets.bob;
    const dedupe_key = "wamid.x|delivered|1|";
    expect(await insertAsAnn("message_events", eventOf(targets.ann, { phone_number_id }))).toBe(DENIED);
    expect(await insertAsAnn("message_events", eventOf(targets.ann, { dedupe_key }))).toBe(DENIED);
  });
});

describe("outbox", () => {
  const event = (name: string) => ({ id: newId(), name, data: {}, available_at: new Date() });

  it("lets a client cause a send, an upload and a receipt, and no other event", async () => {
    expect(await insertAsAnn("outbox", event("wa/message.queued"))).toBe("allowed");
    expect(await insertAsAnn("outbox", event("wa/media.queued"))).toBe("allowed");
    expect(await insertAsAnn("outbox", event("wa/message.read"))).toBe("allowed");
    for (const name of [
      "wa/media.received",
      "wa/templates.changed",
      "wa/numbers.changed",
      "wa/alert.raised",
    ]) {
      expect(await insertAsAnn("outbox", event(name)), name).toBe(DENIED);
    }
    expect(await insertAsAnn("outbox", event("wa/message.uncertain"))).toBe(DENIED);
    expect(await insertAsAnn("outbox", event("wa/inbox.received"))).toBe(DENIED);
  });
});

describe("media_objects", () => {
  const fileOf = ({ message_id, phone_number_id }: Target, more: Record<string, unknown> = {}) => ({
    id: newId(),
    message_id,
    phone_number_id,
    client_id: tenants.ann.clientId,
    direction: "outbound",
    kind: "image",
    source_url: "https://example.com/a.png",
    ...more,
  });

  beforeAll(() => ctx.sql`delete from media_objects`);

  it("lets a client bring a file, with its own message or before it", async () => {
    expect(await insertAsAnn("media_objects", fileOf(targets.ann))).toBe("allowed");
    expect(await insertAsAnn("media_objects", fileOf(targets.ann, { message_id: null }))).toBe("allowed");
  });

  it("refuses another's message, number and name", async () => {
    const { phone_number_id } = targets.bob;
    for (const target of [targets.bob, targets.bobOnShared]) {
      expect(await insertAsAnn("media_objects", fileOf(target))).toBe(DENIED);
    }
    const none = { message_id: null };
    expect(await insertAsAnn("media_objects", fileOf(targets.ann, { ...none, phone_number_id }))).toBe(
      DENIED,
    );
    expect(await insertAsAnn("media_objects", fileOf(targets.ann, { phone_number_id }))).toBe(DENIED);
    for (const client_id of [tenants.bob.clientId, null]) {
      expect(await insertAsAnn("media_objects", fileOf(targets.ann, { client_id }))).toBe(DENIED);
    }
  });

  it.each([
    ["came in", { direction: "inbound" }],
    ["is there", { state: "ready" }],
    ["lies somewhere", { path: "x.png" }],
    ["has these bytes", { sha256: "0".repeat(64) }],
    ["is with Meta", { wa_media_id: "1" }],
    ["comes from nowhere", { source_url: null }],
    ["was tried", { attempts: 1 }],
    ["is being fetched", { claim_expires_at: new Date() }],
  ])("refuses one that says that it %s", async (_what, more) => {
    expect(await insertAsAnn("media_objects", fileOf(targets.ann, more))).toBe(DENIED);
  });
});

describe("what only the system writes", () => {
  it("is neither templates nor the words of search", async () => {
    const template = {
      id: newId(),
      waba_id: "900",
      wa_template_id: "2",
      name: "forged",
      language: "en",
      category: "UTILITY",
      status: "APPROVED",
      components: "[]",
      synced_at: new Date(),
    };
    expect(await insertAsAnn("templates", template)).toBe(DENIED);
    const { id, phone_number_id, message_id } = targets.ann;
    const words = { message_id, phone_number_id, conversation_id: id, words: "forged", lexemes: "forged" };
    expect(await insertAsAnn("message_words", words)).toBe(DENIED);
  });
});

describe("audit_log", () => {
  const entry = (more: Record<string, unknown> = {}) => ({
    id: newId(),
    at: new Date(),
    actor: "key",
    client_id: tenants.ann.clientId,
    action: "tool.ping",
    outcome: "ok",
    ...more,
  });

  it("takes a client's own rows and no other's", async () => {
    expect(await insertAsAnn("audit_log", entry())).toBe("allowed");
    expect(await insertAsAnn("audit_log", entry({ client_id: tenants.bob.clientId }))).toBe(DENIED);
    expect(await insertAsAnn("audit_log", entry({ client_id: null }))).toBe(DENIED);
  });

  it("takes no row that speaks for the system or the administrator", async () => {
    expect(await insertAsAnn("audit_log", entry({ actor: "admin" }))).toBe(DENIED);
    expect(await insertAsAnn("audit_log", entry({ actor: "system" }))).toBe(DENIED);
  });

  it.each(["wamcp_client", "wamcp_system"])("is append-only for %s", async (role) => {
    for (const statement of [
      "update audit_log set action = 'forged'",
      "delete from audit_log",
      "truncate audit_log",
    ]) {
      const work = ctx.sql.begin(async (tx) => {
        await tx.unsafe(`set local role ${role}`);
        await tx`select set_config('app.client_id', ${tenants.ann.clientId}, true)`;
        await tx.unsafe(statement);
      });
      await expect(work, statement).rejects.toMatchObject({ code: DENIED });
    }
  });

  it("gives rows out to the archiver, who may not change or add any", async () => {
    const asArchiver = (statement: string) =>
      ctx.sql.begin(async (tx) => {
        await tx.unsafe("set local role wamcp_archiver");
        return tx.unsafe(statement);
      });
    await expect(asArchiver("update audit_log set action = 'forged'")).rejects.toMatchObject({
      code: DENIED,
    });
    await expect(asArchiver("select id from messages")).rejects.toMatchObject({ code: DENIED });
    expect(await insertAs("wamcp_archiver", "audit_log", entry())).toBe(DENIED);
    const id = newId();
    await ctx.sql`insert into audit_log ${ctx.sql(entry({ id }))}`;
    const gone = await asArchiver(`delete from audit_log where id = '${id}' returning id`);
    expect(gone).toHaveLength(1);
  });
});

describe("an approval", () => {
  const approvalOf = async (clientId: string, keyId: string, more: Record<string, unknown> = {}) => {
    const [message] = await ctx.sql<[{ id: string }]>`
      select m.id from messages m where m.client_id = ${clientId}
        and not exists (select from approvals a where a.message_id = m.id) limit 1`;
    return {
      id: newId(),
      message_id: message.id,
      client_id: clientId,
      api_key_id: keyId,
      content_hash: "x",
      expires_at: new Date(),
      ...more,
    };
  };

  it("is asked for by the client, for a held message of its own, and by no one else", async () => {
    const { ann, bob } = tenants;
    const row = await approvalOf(ann.clientId, ann.keyId);
    expect(await insertAsAnn("approvals", row)).toBe(DENIED);
    await ctx.sql`update messages set status = 'held' where id = ${row.message_id}`;
    expect(await insertAsAnn("approvals", row)).toBe("allowed");
    expect(await insertAsAnn("approvals", { ...row, state: "approved" })).toBe(DENIED);
    expect(await insertAsAnn("approvals", { ...row, api_key_id: bob.keyId })).toBe(DENIED);
    const bobs = await approvalOf(bob.clientId, bob.keyId);
    await ctx.sql`update messages set status = 'held' where id = ${bobs.message_id}`;
    expect(await insertAsAnn("approvals", bobs)).toBe(DENIED);
    expect(await insertAsAnn("approvals", { ...bobs, client_id: ann.clientId })).toBe(DENIED);
  });
});

describe("whatever else there is", () => {
  it("takes rows from a client's role in these tables only", async () => {
    const rows = await ctx.sql<{ relname: string }[]>`
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
        and has_any_column_privilege('wamcp_client', oid, 'INSERT') order by relname`;
    expect(rows.map(({ relname }) => relname)).toEqual([
      "approvals",
      "audit_log",
      "media_objects",
      "message_events",
      "messages",
      "outbox",
    ]);
  });

  it.each([
    ["phone_numbers", "access_token_ref"],
    ["phone_numbers", "verify_token_ref"],
    ["phone_numbers", "default_client_id"],
    ["clients", "policy"],
    ["api_keys", "hash"],
  ])("hides %s.%s even from the owner's calls", async (table, column) => {
    const work = ctx.database.asClient(tenants.owner.clientId, (tx) =>
      tx.execute(`select ${column} from ${table}`),
    );
    await expect(work).rejects.toMatchObject({ cause: { code: DENIED } });
  });

  it("does not let a client choose who owns a conversation, nor how far Meta came", async () => {
    for (const column of ["owner_client_id", "last_inbound_at", "deferred_wakes", "has_words_apart"]) {
      const work = ctx.database.asClient(tenants.ann.clientId, (tx) =>
        tx.execute(`update conversations set ${column} = ${column}`),
      );
      await expect(work, column).rejects.toMatchObject({ cause: { code: DENIED } });
    }
  });
});

import { newId } from "#server/utils/ids";
import type { LegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { writePageCursor } from "#server/utils/messaging/page-cursor";
import { callAs, sendAs } from "#tests/helpers/server/call-as";
import type { TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { openMcpSession } from "#tests/helpers/server/open-mcp-session";
import { placeFile } from "#tests/helpers/server/place-file";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import type { SeededNumber, Tenant } from "#tests/helpers/server/seed-tenants";
import { statusOf, textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import { canaryOf } from "./canary-of";
import type { IdKind } from "./id-properties";

/** The persons that the clients write with, each client with one of its own; ann's second number has cat. */
export const PEOPLE = { ann: "16505550001", bob: "16505550002", cat: "16505550003" } as const;

/**
 * Has a client write to its person and be answered, with canaries in everything that holds words, and returns one id of every
 * kind that leads there.
 */
export async function converse(
  ctx: TestContext,
  sessions: LegacySessions,
  name: keyof typeof PEOPLE,
  { tenant, number }: { tenant: Tenant; number: SeededNumber },
): Promise<Record<IdKind, string>> {
  const person = PEOPLE[name];
  const words = canaryOf(name);
  const idempotencyKey = `${words}-key-00000001`;
  const send = { to: `+${person}`, phone_number_id: number.waPhoneNumberId };
  const sent = await sendAs(ctx, tenant, {
    ...send,
    body: `${words} hello`,
    idempotency_key: idempotencyKey,
  });
  await deliverEvents(ctx);
  const names = await answer(ctx, name, number);
  await sendAs(ctx, tenant, { ...send, body: `${words} once more`, reply_to: names.wamid });
  const approval = await askForWord(ctx, tenant, { ...send, body: `${words} held` });
  const page = await callAs(ctx, tenant, "get_messages", { limit: 1 });
  const feed = await callAs(ctx, tenant, "wait_for_messages", { timeout_s: 0 });
  // Unread, so that whoever waits is told something of its own.
  await write(ctx, name, number, ["is still there"]);
  const [row] = await ctx.sql<[{ contact_id: string; at: Date }]>`
    select contact_id, last_message_at as at from conversations where id = ${sent.conversation_id}`;
  const [received] = await ctx.sql<[{ id: string }]>`select id from messages where wamid = ${names.wamid}`;
  return {
    ...names,
    number: number.waPhoneNumberId,
    conversation: sent.conversation_id,
    contact: row.contact_id,
    phone: `+${person}`,
    wa_id: person,
    message: sent.message_id,
    received: received.id,
    media: await plantMedia(ctx, sent.message_id),
    page_cursor: String(page.structuredContent.next_cursor),
    ranked_cursor: writePageCursor({ rank: row.at.getTime(), id: sent.conversation_id }),
    feed_cursor: String(feed.structuredContent.cursor),
    approval,
    session: (await openMcpSession(sessions, tenant.principal)).id,
    idempotency_key: idempotencyKey,
  };
}

/** The person reads what was sent and writes twice. */
async function answer(ctx: TestContext, name: keyof typeof PEOPLE, number: SeededNumber) {
  const sentWamid = `wamid.scripted-${ctx.graph.calls.length}`;
  const now = ctx.clock.now();
  const statuses = [statusOf(sentWamid, "sent", now), statusOf(sentWamid, "delivered", now)];
  await receive(ctx, webhookBody(number.waPhoneNumberId, { statuses }));
  await write(ctx, name, number, ["answers", "and asks"]);
  return { bsuid: bsuidOf(name), wamid: wamidOf(name, "answers") };
}

const bsuidOf = (name: string): string => `US.canary${name}4f1c00000001`;
const wamidOf = (name: string, words: string): string => `wamid.HBgL${name}4f1c${words.replaceAll(" ", "")}`;

/** The person writes; under all its names, so that they become known. */
async function write(
  ctx: TestContext,
  name: keyof typeof PEOPLE,
  number: SeededNumber,
  texts: readonly string[],
): Promise<void> {
  const [person, words] = [PEOPLE[name], canaryOf(name)];
  const profile = { name: `${words} friend`, username: `${words}.user` };
  const contacts = [{ wa_id: person, user_id: bsuidOf(name), profile }];
  const messages = texts.map((text) => ({
    ...textFrom(person, wamidOf(name, text), `${words} ${text}`, ctx.clock.now()),
    from_user_id: bsuidOf(name),
  }));
  await receive(ctx, webhookBody(number.waPhoneNumberId, { contacts, messages }));
}

async function receive(ctx: TestContext, body: unknown): Promise<void> {
  const { state, error } = await receiveWebhook(ctx, body);
  if (state !== "done") throw new Error(`the webhook is ${state}: ${JSON.stringify(error)}`);
}

/** Puts a file that is here to what was sent. Returns its id. */
async function plantMedia(ctx: TestContext, messageId: string): Promise<string> {
  const id = newId();
  await placeFile(ctx.system.config.media.root, `${id}.png`, sampleFiles.png);
  await ctx.sql`
    insert into media_objects (
      id, phone_number_id, message_id, client_id, direction, kind, state, path, sha256, sniffed_type, size_bytes, source_url)
    select ${id}, phone_number_id, id, client_id, 'outbound', 'image', 'ready', ${`${id}.png`}, ${"0".repeat(64)},
      'image/png', 1, 'https://example.com/a.png'
    from messages where id = ${messageId}`;
  return id;
}

/** Sends what a person has to approve, who does not. Returns the approval's id. */
async function askForWord(ctx: TestContext, tenant: Tenant, args: Record<string, unknown>): Promise<string> {
  const grants = tenant.principal.grants.map((grant) => ({ ...grant, confirmPolicy: "always" as const }));
  const held = await sendAs(ctx, { principal: { ...tenant.principal, grants } }, args);
  const { approval } = held as unknown as { approval?: { id: string } };
  if (!approval) throw new Error("the message was to be held, and was not");
  return approval.id;
}

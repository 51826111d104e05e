import { newId } from "#server/utils/ids";
import { createSurface } from "#server/utils/mcp/create-surface";
import type { McpSurface } from "#server/utils/mcp/surface";
import { sendAs } from "#tests/helpers/server/call-as";
import {
  createTestContext,
  type TestContext,
  type TestContextOptions,
} from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { placeFile } from "#tests/helpers/server/place-file";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";
import { COMPOSITE } from "../corpus/composite";
import { OTHER_VALUES, STATUSES } from "../corpus/values";
import { createCanaries, type Canaries } from "./canaries";
import { fill } from "./fill";
import { listMessages, listShapes, type PlantedMessage } from "./list-messages";

/** A server to which strangers have sent the whole corpus. */
export interface EvalWorld {
  readonly ctx: TestContext;
  readonly tenants: Tenants;
  readonly surface: McpSurface;
  readonly canaries: Canaries;
  /** What was sent and reported on, by our ids. */
  readonly sentIds: readonly string[];
  /** Files that strangers sent under names of theirs, as they are once they were fetched. */
  readonly fileIds: readonly string[];
  /** Everything that PostgreSQL announced, on any channel. */
  readonly announced: readonly string[];
  /** Receives the whole corpus, with canaries of its own. */
  receiveCorpus(): Promise<void>;
  /** Receives one more message of every shape, and every value that holds none: enough where the text does not matter. */
  receiveShapes(): Promise<void>;
  close(): Promise<void>;
}

/** A template of the number's account that may be sent, with one value in its body. */
export const TEMPLATE = "ours";

const NUMBER = "101";
const BATCH = 12;

/** Opens a database of its own. Nothing is received yet. */
export async function openEvalWorld(config: TestContextOptions["config"] = {}): Promise<EvalWorld> {
  const ctx = await createTestContext({ config });
  const tenants = await seedTenants(ctx);
  await plantTemplate(ctx);
  const canaries = createCanaries();
  const sentIds: string[] = [];
  const announced: string[] = [];
  const fileIds: string[] = [];
  let round = 0;
  for (const channel of await listChannels(ctx)) {
    await ctx.sql.listen(channel, (payload) => void announced.push(payload));
  }
  return {
    ctx,
    tenants,
    surface: createSurface(ctx.system),
    canaries,
    sentIds,
    fileIds,
    announced,
    async receiveCorpus() {
      round += 1;
      await receiveMessages(ctx, listMessages(canaries, round));
      await receiveStatuses(ctx, tenants, canaries, sentIds);
      fileIds.splice(0, Infinity, ...(await bringInFiles(ctx)));
      await receiveOthers(ctx, canaries);
    },
    async receiveShapes() {
      round += 1;
      await receiveMessages(ctx, listShapes(canaries, round));
      await receiveOthers(ctx, canaries);
    },
    close: () => ctx.close(),
  };
}

async function plantTemplate({ sql }: TestContext): Promise<void> {
  const components = JSON.stringify([{ type: "BODY", text: "Hello {{1}}" }]);
  await sql`
    insert into templates (id, waba_id, wa_template_id, name, language, category, status, components, synced_at)
    select ${newId()}, waba_id, '1', ${TEMPLATE}, 'en', 'UTILITY', 'APPROVED', ${components}::text::jsonb, now()
    from phone_numbers where wa_phone_number_id = ${NUMBER}`;
}

/** Says of some of the strangers' files that they are here; the others stay what their senders say. */
async function bringInFiles({ sql, system }: TestContext): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    update media_objects set state = 'ready', path = id || '.pdf', size_bytes = 9, sniffed_type = 'application/pdf'
    where id in (
      select id from media_objects where direction = 'inbound' and file_name is not null order by id limit 20)
    returning id`;
  const { root } = system.config.media;
  for (const { id } of rows) await placeFile(root, `${id}.pdf`, sampleFiles.pdf);
  return rows.map(({ id }) => id);
}

/** Every channel that a function of the database announces on. */
async function listChannels({ sql }: TestContext): Promise<string[]> {
  const rows = await sql<{ channel: string }[]>`
    select distinct (regexp_matches(prosrc, 'pg_notify[(] *''([a-z_]+)''', 'g'))[1] as channel
    from pg_proc where prosrc like '%pg_notify%'`;
  if (rows.length === 0) throw new Error("no function of the database announces anything");
  return rows.map(({ channel }) => channel);
}

async function receiveMessages(ctx: TestContext, planted: readonly PlantedMessage[]): Promise<void> {
  for (let start = 0; start < planted.length; start += BATCH) {
    const batch = planted.slice(start, start + BATCH);
    const values = batch.map(({ message, contact }) => ({ messages: [message], contacts: [contact] }));
    await receiveWebhook(ctx, webhookBody(NUMBER, ...values));
  }
}

async function receiveStatuses(
  ctx: TestContext,
  tenants: Tenants,
  canaries: Canaries,
  sentIds: string[],
): Promise<void> {
  for (const [name, status] of Object.entries(STATUSES)) {
    const to = `+1650555${9000 + sentIds.length}`;
    const { message_id: id } = await sendAs(ctx, tenants.ann, { to, phone_number_id: NUMBER });
    sentIds.push(id);
    await deliverEvents(ctx);
    const [row] = await ctx.sql<{ wamid: string }[]>`select wamid from messages where id = ${id}`;
    if (!row?.wamid) throw new Error("the message was not sent");
    const words = () => canaries.plant(COMPOSITE, `statuses: ${name}`).text;
    await receiveWebhook(
      ctx,
      webhookBody(NUMBER, { statuses: [fill(status, { words, sent: row.wamid }), "{words}"] }),
    );
  }
}

async function receiveOthers(ctx: TestContext, canaries: Canaries): Promise<void> {
  for (const [name, { field, value }] of Object.entries(OTHER_VALUES)) {
    const words = () => canaries.plant(COMPOSITE, `other values: ${name}`).text;
    const metadata = { phone_number_id: NUMBER, display_phone_number: words() };
    const change: Json = { field: fill(field, { words }), value: { metadata, ...fill(value, { words }) } };
    const entry = [{ id: "900", time: 1, changes: [change] }];
    await receiveWebhook(ctx, { object: words(), entry, [words()]: words() });
  }
}

import { newId } from "#server/utils/ids";
import { processInbox } from "#server/utils/inbox/process-inbox";
import { insertInboxBodies } from "#server/utils/inbox/store";
import type { TestContext } from "./create-test-context";

/** How a body ended. */
export interface InboxRow {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly error: { dead_letters: { path: string; reason: string }[] } | null;
}

/** Stores a body as the route does, without handling it. */
export async function storeBody(ctx: TestContext, body: unknown): Promise<string> {
  const id = newId();
  const bytes = typeof body === "string" ? body : JSON.stringify(body);
  const row = { id, body: Buffer.from(bytes), receivedAt: ctx.system.clock.now() };
  await insertInboxBodies(ctx.database.system, [row]);
  return id;
}

/** Stores a body and handles it; tells how it ended. */
export async function receiveWebhook(ctx: TestContext, body: unknown): Promise<InboxRow> {
  const id = await storeBody(ctx, body);
  await processInbox(ctx.system, [id]);
  return readInboxRow(ctx, id);
}

export async function readInboxRow(ctx: TestContext, id: string): Promise<InboxRow> {
  const [row] = await ctx.sql<InboxRow[]>`
    select id, state, attempts, error from webhook_inbox where id = ${id}`;
  if (!row) throw new Error("there is no such inbox row");
  return row;
}

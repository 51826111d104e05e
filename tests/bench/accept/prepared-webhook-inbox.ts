import { sql } from "drizzle-orm";
import { webhookInbox } from "#db/schema/index";
import { newId } from "#server/utils/ids";
import type { WebhookInbox, WebhookInboxOptions } from "#server/utils/inbox/create-webhook-inbox";

/**
 * The plain inbox (`plain-webhook-inbox.ts`) at its best: prepared from the first request on, and built once and not for each.
 */
export function createWebhookInbox({ database, clock, onAccepted }: WebhookInboxOptions): WebhookInbox {
  const insert = database.system
    .insert(webhookInbox)
    .values({
      id: sql.placeholder("id"),
      body: sql.placeholder("body"),
      receivedAt: sql.placeholder("receivedAt"),
    })
    .prepare("accept_webhook");
  return {
    async accept(body) {
      const id = newId();
      await insert.execute({ id, body, receivedAt: clock.now() });
      onAccepted([id]);
    },
  };
}

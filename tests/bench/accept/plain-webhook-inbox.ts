import { newId } from "#server/utils/ids";
import type { WebhookInbox, WebhookInboxOptions } from "#server/utils/inbox/create-webhook-inbox";
import { insertInboxBodies } from "#server/utils/inbox/store";

/**
 * What the server's inbox is compared with: every request commits a plain INSERT of its own, over the same pool. It stands in
 * for `server/utils/inbox/create-webhook-inbox.ts` in the server that `server-with-inbox.ts` builds, hence the name of what it exports.
 */
export function createWebhookInbox({ database, clock, onAccepted }: WebhookInboxOptions): WebhookInbox {
  return {
    async accept(body) {
      const id = newId();
      await insertInboxBodies(database.system, [{ id, body, receivedAt: clock.now() }]);
      onAccepted([id]);
    },
  };
}

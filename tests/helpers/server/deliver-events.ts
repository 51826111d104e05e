import { processInbox } from "#server/utils/inbox/process-inbox";
import { uploadFile } from "#server/utils/messaging/sending/files/upload-file";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { claimOutboxEvents, markOutboxSent, type OutboxEvent } from "#server/utils/outbox/store";
import type { TestContext } from "./create-test-context";

/** Runs the function of every event that is due, and of those that it causes, until none is due any more. */
export async function deliverEvents(ctx: TestContext): Promise<OutboxEvent[]> {
  const delivered: OutboxEvent[] = [];
  for (;;) {
    const events = await claimOutboxEvents(ctx.database.system, ctx.system.clock.now(), 50, 30_000);
    if (events.length === 0) return delivered;
    for (const event of events) await runFunction(ctx, event);
    await markOutboxSent(
      ctx.database.system,
      events.map(({ id }) => id),
      ctx.system.clock.now(),
    );
    delivered.push(...events);
  }
}

async function runFunction({ system }: TestContext, { name, data }: OutboxEvent): Promise<void> {
  if (name === "wa/message.queued") await sendNextMessage(system, String(data.conversation_id));
  else if (name === "wa/message.uncertain") await settleUncertain(system, String(data.message_id));
  else if (name === "wa/inbox.received") await processInbox(system, data.inbox_ids as string[]);
  else if (name === "wa/alert.raised") return;
  // Templates and the state of numbers are read by the tests that have a Meta for it.
  else if (name === "wa/templates.changed" || name === "wa/numbers.changed") return;
  else if (name === "wa/media.queued") await uploadFile(system, String(data.media_id));
  // Files are fetched by the tests that serve them.
  else if (name === "wa/media.received") return;
  // Meta is told by the tests that have one.
  else if (name === "wa/message.read") return;
  else throw new Error(`no function for ${name}`);
}

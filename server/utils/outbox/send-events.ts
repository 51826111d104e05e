import type { Inngest } from "inngest";
import type { OutboxEvent } from "./store";

// inngest.send has no time limit of its own: against a server that accepts and hangs it waits for minutes.
const SEND_TIMEOUT_MS = 10_000;

/**
 * Hands events to Inngest under their outbox ids.
 *
 * @throws Error when Inngest did not take them in time; they may still have arrived
 */
export async function sendEvents(inngest: Inngest, events: readonly OutboxEvent[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("Inngest did not answer in time")), SEND_TIMEOUT_MS);
  });
  try {
    await Promise.race([inngest.send(events.map(({ id, name, data }) => ({ id, name, data }))), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

import type { Inngest } from "inngest";
import { withTimeout } from "../with-timeout";
import type { OutboxEvent } from "./store";

// inngest.send has no time limit of its own: against a server that accepts and hangs it waits for minutes.
const SEND_TIMEOUT_MS = 10_000;

/**
 * Hands events to Inngest under their outbox ids.
 *
 * @throws Error when Inngest did not take them in time; they may still have arrived
 */
export async function sendEvents(inngest: Inngest, events: readonly OutboxEvent[]): Promise<void> {
  const sent = inngest.send(events.map(({ id, name, data }) => ({ id, name, data })));
  await withTimeout(sent, SEND_TIMEOUT_MS, "Inngest");
}

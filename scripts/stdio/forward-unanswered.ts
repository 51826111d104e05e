import type { NotificationMessage, ResponseMessage } from "./classify-message";
import { createOutgoing, type OutgoingOptions } from "./create-outgoing";
import type { Forwarding } from "./forward-request";

/** How long a cancellation is tried for, in milliseconds; a server that is away has nothing to cancel. */
const CANCEL_WAIT_MS = 2_000;

/** Sends on what the host wants no answer to: notifications, and its own answers to the server. */
export async function forwardUnanswered(
  to: Forwarding,
  text: string,
  message: NotificationMessage | ResponseMessage,
  handshake: Promise<void>,
): Promise<void> {
  if (message.kind === "response") return await forwardAnswer(to, text, message);
  if (message.method === "notifications/cancelled")
    return await forwardCancellation(to, text, message, handshake);
  await handshake;
  await passOn(to, { text, message, survivesRenewal: true });
}

async function forwardAnswer(to: Forwarding, text: string, message: ResponseMessage): Promise<void> {
  const isAwaited = message.id !== null && to.upstream.serverRequests.take(message.id);
  if (isAwaited) await passOn(to, { text, message, survivesRenewal: false });
  else to.log("Dropped an answer of the host that the server does not wait for.");
}

async function forwardCancellation(
  to: Forwarding,
  text: string,
  message: NotificationMessage,
  handshake: Promise<void>,
): Promise<void> {
  const id = message.params.requestId;
  const target = typeof id === "string" || typeof id === "number" ? to.upstream.pending.get(id) : undefined;
  if (target === undefined || target.mayBeRunning) {
    await handshake;
    await passOn(to, { text, message, survivesRenewal: false, waitMs: CANCEL_WAIT_MS });
  }
  // Nobody waits for the answer any more (MCP 2025-11-25, cancellation), and the server may leave the
  // stream of a cancelled request open.
  target?.abort.abort();
}

async function passOn(
  { upstream, waitMs, log }: Forwarding,
  options: Pick<OutgoingOptions, "text" | "message" | "survivesRenewal"> & { readonly waitMs?: number },
): Promise<void> {
  const { message, survivesRenewal } = options;
  const name = message.kind === "response" ? "an answer" : message.method;
  const session = upstream.keeper.current();
  if (session === undefined) return log(`Dropped ${name}: there is no session.`);
  // What belongs to one session stays in it.
  const sessionOf = survivesRenewal ? upstream.keeper.current : () => session;
  const sent = await upstream.send(createOutgoing({ waitMs, ...options, session: sessionOf }));
  if (sent.kind === "gave_up") log(`Could not pass on ${name}: ${sent.error.message}`);
}

import type { RequestMessage, ResponseMessage } from "./classify-message";
import { createOutgoing, type Outgoing } from "./create-outgoing";
import type { Upstream } from "./create-upstream";
import { errorReply } from "./error-reply";
import { shimErrors } from "./shim-errors";

/** What forwarding needs besides the message. */
export interface Forwarding {
  readonly upstream: Upstream;
  readonly waitMs: number;
  write(text: string): Promise<void>;
  log(line: string): void;
}

/**
 * Sends a request of the host on after the handshake and answers it in every case, except when the host
 * has cancelled it.
 */
export async function forwardRequest(
  to: Forwarding,
  text: string,
  message: RequestMessage,
  handshake: Promise<void>,
): Promise<void> {
  const { upstream, waitMs, write } = to;
  const { id } = message;
  if (upstream.pending.has(id)) {
    return await write(errorReply(id, shimErrors.invalidRequest("this id is in use already.")));
  }
  const receive = async (answer: ResponseMessage, line: string): Promise<void> => {
    learn(upstream, message, answer);
    await write(line);
  };
  const session = upstream.keeper.current;
  const outgoing = createOutgoing({ text, message, session, survivesRenewal: true, waitMs, receive });
  // Known from now on, so that a cancellation finds it while it waits for the handshake.
  upstream.pending.set(id, outgoing);
  await handshake;
  if (session() !== undefined) await answerWithCare(to, outgoing);
  else if (!outgoing.abort.signal.aborted) await write(answerBeforeHandshake(message));
  upstream.pending.delete(id);
}

async function answerWithCare({ upstream, write }: Forwarding, outgoing: Outgoing): Promise<void> {
  const sent = await upstream.send(outgoing);
  if (sent.kind !== "gave_up" || outgoing.message.kind !== "request") return;
  await write(errorReply(outgoing.message.id, sent.error));
}

function learn(upstream: Upstream, { method, params }: RequestMessage, { result }: ResponseMessage): void {
  if (result === undefined) return;
  if (method === "tools/list") upstream.catalogue.learn(result);
  if (typeof params.uri !== "string") return;
  if (method === "resources/subscribe") upstream.keeper.subscriptions.add(params.uri);
  if (method === "resources/unsubscribe") upstream.keeper.subscriptions.delete(params.uri);
}

/** A host that probes for a newer protocol era falls back to `initialize` when it gets an error. */
function answerBeforeHandshake({ id, method }: RequestMessage): string {
  if (method === "ping") return JSON.stringify({ jsonrpc: "2.0", id, result: {} });
  const isProbe = method === "server/discover";
  return errorReply(
    id,
    isProbe ? shimErrors.methodNotFound(method) : shimErrors.invalidRequest("send initialize first."),
  );
}

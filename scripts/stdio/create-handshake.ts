import type { NotificationMessage, RequestMessage, ResponseMessage } from "./classify-message";
import type { Channel } from "./create-channel";
import { createOutgoing } from "./create-outgoing";
import { errorReply } from "./error-reply";
import type { Forwarding } from "./forward-request";

/** How long the first requests wait for the push stream, so that what they subscribe to is not missed. */
const FIRST_STREAM_MS = 250;

/** The part of the conversation that goes in order. */
export interface Handshake {
  /** Resolves when the steps taken so far are done. */
  done(): Promise<void>;
  /** Sends the host's `initialize` on when the steps before it are done. */
  initialize(text: string, message: RequestMessage): Promise<void>;
  /** Sends the host's `notifications/initialized` on, then opens the push stream. */
  confirm(text: string, message: NotificationMessage): Promise<void>;
}

/** Creates the {@link Handshake}; the channel, where there is one, is announced in it and begins after it. */
export function createHandshake(to: Forwarding, channel?: Channel): Handshake {
  let steps: Promise<void> = Promise.resolve();
  const inOrder = (step: () => Promise<void>): Promise<void> => (steps = steps.then(step));
  return {
    done: () => steps,
    initialize: (text, message) => inOrder(() => openSession(to, text, message, channel)),
    confirm: (text, message) =>
      inOrder(async () => {
        await confirmSession(to, text, message);
        if (to.upstream.keeper.current() !== undefined) channel?.start();
      }),
  };
}

/** Resolves with the answer, not with the end of its stream. */
function openSession(
  to: Forwarding,
  text: string,
  message: RequestMessage,
  channel: Channel | undefined,
): Promise<void> {
  const { upstream, write, waitMs } = to;
  return new Promise((resolve) => {
    const receive = async ({ result }: ResponseMessage, line: string): Promise<void> => {
      if (result !== undefined) upstream.keeper.open(message.params, result, outgoing.sessionId);
      upstream.pending.delete(message.id);
      await write(channel === undefined ? line : channel.introduce(line));
      resolve();
    };
    const session = (): undefined => undefined;
    const outgoing = createOutgoing({ text, message, session, survivesRenewal: false, waitMs, receive });
    upstream.pending.set(message.id, outgoing);
    const answerErrors = async (): Promise<void> => {
      const sent = await upstream.send(outgoing);
      if (sent.kind === "gave_up") await write(errorReply(message.id, sent.error));
      if (sent.kind !== "done") upstream.pending.delete(message.id);
      resolve();
    };
    void answerErrors();
  });
}

async function confirmSession(to: Forwarding, text: string, message: NotificationMessage): Promise<void> {
  const { upstream, waitMs, log } = to;
  const { keeper } = upstream;
  const session = keeper.current();
  if (session === undefined) return log("Dropped notifications/initialized: there is no session.");
  keeper.markReady();
  const outgoing = createOutgoing({ text, message, session: () => session, survivesRenewal: false, waitMs });
  const sent = await upstream.send(outgoing);
  if (sent.kind === "gave_up") log(`Could not pass on notifications/initialized: ${sent.error.message}`);
  // A renewal says "initialized" and listens by itself.
  if (sent.kind === "lost") await keeper.renew(session);
  else if (sent.kind !== "aborted") await upstream.startListening(session, FIRST_STREAM_MS);
}

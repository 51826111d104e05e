import type { OwnReply } from "./ask-server";
import type { Session } from "./create-http-link";
import type { SendResult } from "./send-until-answered";
import { shimErrors, type JsonRpcError } from "./shim-errors";

/** The steps of opening a session in the host's name. */
export interface ReplaySteps {
  /** Sends a request of the shim's own in that session (none for `initialize`) and swallows the answer. */
  request(method: string, params: Record<string, unknown>, session: Session | undefined): Promise<OwnReply>;
  notify(method: string, session: Session): Promise<SendResult>;
  /** Opens the standing stream; resolves when it is open or will not open soon. */
  startListening(session: Session): Promise<void>;
  /** Tells the host that something about `uri` may have been missed. */
  announce(uri: string): Promise<void>;
  /** The old session's questions to the host are void. */
  retractQuestions(): Promise<void>;
}

/** What was known of the lost session. */
export interface ReplayMemory {
  /** The params of the host's `initialize`. */
  readonly initialize: Record<string, unknown>;
  /** Whether the host has sent `notifications/initialized`. */
  readonly isReady: boolean;
  readonly subscriptions: ReadonlySet<string>;
  /** Makes the new session the current one. */
  adopt(result: Record<string, unknown>, sessionId: string | undefined): Session;
  publish(session: Session): void;
}

/**
 * Opens a new session as the host would: `initialize`, `notifications/initialized`, the stream, the
 * subscriptions; then announces each subscribed URI once. Gives an error when the server refuses, and
 * "lost" when the new session was lost on the way.
 */
export async function replaySession(
  steps: ReplaySteps,
  memory: ReplayMemory,
): Promise<JsonRpcError | "lost" | undefined> {
  const { sent, result, sessionId } = await steps.request("initialize", memory.initialize, undefined);
  if (sent.kind === "gave_up") return sent.error;
  if (sent.kind !== "done") return "lost";
  if (result === undefined) return shimErrors.refused("The server refused to open a new session.");
  const session = memory.adopt(result, sessionId);
  if (memory.isReady) {
    const accepted = await steps.notify("notifications/initialized", session);
    if (accepted.kind === "gave_up") return accepted.error;
    if (accepted.kind !== "done") return "lost";
  }
  await steps.retractQuestions();
  memory.publish(session);
  if (!memory.isReady) return undefined;
  // The stream first: a change that comes right after a subscription must find it open.
  await steps.startListening(session);
  const uris = [...memory.subscriptions];
  const replies = await Promise.all(
    uris.map((uri) => steps.request("resources/subscribe", { uri }, session)),
  );
  if (replies.some((reply) => reply.sent.kind === "lost")) return "lost";
  await Promise.all(uris.map((uri) => steps.announce(uri)));
  return undefined;
}

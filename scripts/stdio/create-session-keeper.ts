import type { Session } from "./create-http-link";
import type { Pacer } from "./create-pacer";
import { replaySession, type ReplaySteps } from "./replay-session";
import { shimErrors, type JsonRpcError } from "./shim-errors";

/** Remembers what it takes to open the session again, and does so when the server has lost it. */
export interface SessionKeeper {
  /** The session to send in; `undefined` before the handshake. */
  current(): Session | undefined;
  /** The server answered the host's `initialize`. */
  open(
    initialize: Record<string, unknown>,
    result: Record<string, unknown>,
    sessionId: string | undefined,
  ): void;
  /** The host has sent `notifications/initialized`: a renewed session gets one too. */
  markReady(): void;
  /** URIs with a live `resources/subscribe`. */
  readonly subscriptions: Set<string>;
  /** Replaces `lost`, once for all who ask at the same time. Gives the error when the server refuses. */
  renew(lost: Session): Promise<JsonRpcError | undefined>;
}

/** What {@link createSessionKeeper} needs. */
export interface SessionKeeperOptions {
  readonly pacer: Pacer;
  /** Aborts when the shim stops. */
  readonly signal: AbortSignal;
  readonly steps: ReplaySteps;
  log(line: string): void;
}

/** Creates the {@link SessionKeeper}. */
export function createSessionKeeper({ pacer, signal, steps, log }: SessionKeeperOptions): SessionKeeper {
  const subscriptions = new Set<string>();
  let initialize: Record<string, unknown> = {};
  let current: Session | undefined;
  let generation = 0;
  let isReady = false;
  let renewing: Promise<JsonRpcError | undefined> | undefined;

  const adopt = (result: Record<string, unknown>, id: string | undefined): Session => {
    generation += 1;
    const { protocolVersion } = result;
    return {
      generation,
      ...(id !== undefined && { id }),
      ...(typeof protocolVersion === "string" && { protocolVersion }),
    };
  };
  const publish = (session: Session): void => void (current = session);

  const replayUntilOpen = async (): Promise<JsonRpcError | undefined> => {
    log("The server does not know the session any more; opening a new one.");
    for (let attempt = 0; !signal.aborted; attempt++) {
      const outcome = await replaySession(steps, { initialize, isReady, subscriptions, adopt, publish });
      if (outcome === undefined) log(`Opened a new session with ${subscriptions.size} subscriptions.`);
      if (outcome !== "lost") return outcome;
      await pacer.backOff(attempt, signal);
    }
    return shimErrors.refused("The shim is stopping.");
  };

  return {
    subscriptions,
    current: () => current,
    open(params, result, sessionId) {
      initialize = params;
      isReady = false;
      subscriptions.clear();
      current = adopt(result, sessionId);
    },
    markReady: () => void (isReady = true),
    renew(lost) {
      const isReplaced = renewing === undefined && current?.generation !== lost.generation;
      if (isReplaced) return Promise.resolve(undefined);
      renewing ??= replayUntilOpen().finally(() => (renewing = undefined));
      return renewing;
    },
  };
}

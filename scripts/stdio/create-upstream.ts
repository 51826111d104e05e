import { askServer, type OwnReply } from "./ask-server";
import type { RequestId } from "./classify-message";
import { createHttpLink, type HttpLink, type Session } from "./create-http-link";
import { createInbox, type Inbox } from "./create-inbox";
import { createOutgoing, type Outgoing } from "./create-outgoing";
import { createPacer, type Pacer } from "./create-pacer";
import { createServerRequests, type ServerRequests } from "./create-server-requests";
import { createSessionKeeper, type SessionKeeper } from "./create-session-keeper";
import { createToolCatalogue, type ToolCatalogue } from "./create-tool-catalogue";
import { isRepeatable } from "./is-repeatable";
import { listenForPushes } from "./listen-for-pushes";
import { sendUntilAnswered, type SendResult, type Sender } from "./send-until-answered";
import { writeNotification } from "./write-notification";

/** Longest wait of the shim's own requests, in milliseconds: as long as a timer can run; stopping ends it. */
const AS_LONG_AS_IT_TAKES_MS = 2 ** 31 - 1;
/** How long a renewal waits for the standing stream, whose headers some proxies hold back. */
const STREAM_OPEN_MS = 1_000;
/** Time that ending the session may take on the way out. */
const END_SESSION_MS = 1_000;

/** The server's side of the shim. */
export interface Upstream {
  readonly keeper: SessionKeeper;
  readonly catalogue: ToolCatalogue;
  readonly serverRequests: ServerRequests;
  /** Requests of host and shim that are not answered yet. */
  readonly pending: Map<RequestId, Outgoing>;
  send(outgoing: Outgoing): Promise<SendResult>;
  /** Asks in the current session, across outages and renewals, for `limitMs` milliseconds at most. */
  ask(method: string, params: Record<string, unknown>, limitMs: number): Promise<OwnReply>;
  /** Opens the session's standing stream in place of the one before; resolves when open, or after `boundMs`. */
  startListening(session: Session, boundMs: number): Promise<void>;
  /** Ends everything that is under way, then the session. */
  close(): Promise<void>;
}

/** What {@link createUpstream} needs. */
export interface UpstreamOptions {
  readonly url: string;
  readonly apiKey: string;
  /** How long a host's request may wait for the server, in milliseconds. */
  readonly waitMs: number;
  /** Writes one message to the host. */
  write(text: string): Promise<void>;
  log(line: string): void;
}

/** Puts the server's side together. Throws an Error when the address or the key cannot be used. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { url, apiKey, waitMs, write, log } = options;
  const stop = new AbortController();
  const pacer = createPacer();
  const link = createHttpLink({ url, apiKey, onReachable: pacer.wake });
  const pending = new Map<RequestId, Outgoing>();
  const underway = new Set<Outgoing>();
  const serverRequests = createServerRequests(write);
  const send = async (outgoing: Outgoing): Promise<SendResult> => {
    if (stop.signal.aborted) return { kind: "aborted" };
    underway.add(outgoing);
    const result = await sendUntilAnswered(sender, outgoing);
    underway.delete(outgoing);
    return result;
  };
  const catalogue = createToolCatalogue((cursor) => listTools(parts, cursor, waitMs));
  const deliver = createInbox({ pending, serverRequests, catalogue, write, log });
  const parts: Parts = { link, pacer, deliver, pending, send, write, log, keeper: () => keeper };
  const pushes = createPushListener(parts, stop.signal);
  const keeper = createKeeper(parts, stop.signal, pushes.start, serverRequests);
  const sender: Sender = {
    link,
    pacer,
    deliver,
    isRepeatable: (outgoing) => isRepeatable(outgoing.message, catalogue),
    renew: keeper.renew,
    retractQuestions: serverRequests.retract,
  };
  const close = async (): Promise<void> => {
    stop.abort();
    pushes.stop();
    for (const outgoing of underway) outgoing.abort.abort();
    const session = keeper.current();
    if (session?.id === undefined) return;
    // The host is leaving; a server that does not answer forgets the session by itself later.
    await link.end(session, AbortSignal.timeout(END_SESSION_MS)).catch(() => undefined);
  };
  const ask: Upstream["ask"] = (method, params, limitMs) =>
    askServer({
      pending,
      send,
      method,
      params,
      session: keeper.current,
      survivesRenewal: true,
      waitMs: limitMs,
      limitMs,
    });
  return { keeper, catalogue, serverRequests, pending, send, ask, startListening: pushes.start, close };
}

interface Parts {
  readonly link: HttpLink;
  readonly pacer: Pacer;
  readonly deliver: Inbox;
  readonly pending: Map<RequestId, Outgoing>;
  send(outgoing: Outgoing): Promise<SendResult>;
  write(text: string): Promise<void>;
  log(line: string): void;
  /** Asked late: the keeper and the listener need each other. */
  keeper(): SessionKeeper;
}

function createPushListener(parts: Parts, stop: AbortSignal) {
  const { link, pacer, deliver, log } = parts;
  let listening = new AbortController();
  const start = (session: Session, boundMs: number): Promise<void> => {
    listening.abort();
    listening = new AbortController();
    const { signal } = listening;
    const opened = new Promise<void>((onFirstAttempt) => {
      void listenForPushes({
        link,
        pacer,
        session,
        signal,
        deliver,
        onFirstAttempt,
        log,
        onGap: () => announceAll(parts),
        isAlive: async () => {
          const { sent } = await askIn(parts, "ping", {}, session);
          return sent.kind === "done" || (sent.kind === "lost" ? false : undefined);
        },
        onSessionLost: async () => {
          const error = await parts.keeper().renew(session);
          if (error !== undefined) log(`No new session yet: ${error.message}`);
          const isReplaced = parts.keeper().current()?.generation !== session.generation;
          return isReplaced ? "replaced" : error === undefined ? "unclear" : "refused";
        },
      });
    });
    return Promise.race([opened, pacer.wait(boundMs, stop)]);
  };
  return { start, stop: (): void => listening.abort() };
}

function createKeeper(
  parts: Parts,
  signal: AbortSignal,
  startListening: Upstream["startListening"],
  serverRequests: ServerRequests,
): SessionKeeper {
  const { pacer, log, send } = parts;
  const notify = (method: string, session: Session): Promise<SendResult> => {
    const message = { kind: "notification", method, params: {} } as const;
    const text = writeNotification(method);
    const waitMs = AS_LONG_AS_IT_TAKES_MS;
    return send(createOutgoing({ text, message, session: () => session, survivesRenewal: false, waitMs }));
  };
  const steps = {
    notify,
    request: (method: string, params: Record<string, unknown>, session: Session | undefined) =>
      askIn(parts, method, params, session),
    startListening: (session: Session) => startListening(session, STREAM_OPEN_MS),
    announce: (uri: string) => announce(parts, uri),
    retractQuestions: () => serverRequests.retract(),
  };
  return createSessionKeeper({ pacer, signal, steps, log });
}

function askIn(
  { pending, send }: Parts,
  method: string,
  params: Record<string, unknown>,
  session: Session | undefined,
): Promise<OwnReply> {
  const waitMs = AS_LONG_AS_IT_TAKES_MS;
  return askServer({ pending, send, method, params, session: () => session, survivesRenewal: false, waitMs });
}

async function listTools(
  { pending, send, keeper }: Parts,
  cursor: string | undefined,
  waitMs: number,
): Promise<Record<string, unknown> | undefined> {
  const params = cursor === undefined ? {} : { cursor };
  const session = keeper().current;
  const question = { pending, send, method: "tools/list", params, session, survivesRenewal: true, waitMs };
  return (await askServer(question)).result;
}

function announce({ write }: Parts, uri: string): Promise<void> {
  return write(writeNotification("notifications/resources/updated", { uri }));
}

async function announceAll(parts: Parts): Promise<void> {
  await Promise.all([...parts.keeper().subscriptions].map((uri) => announce(parts, uri)));
}

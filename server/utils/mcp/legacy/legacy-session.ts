import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { changesRights } from "../changes-rights";
import { findChangedLists, type ListName } from "../find-changed-lists";
import type { McpRequest } from "../mcp-request";
import { rpcError } from "../rpc-error";
import type { McpSurface } from "../surface";
import { createQuestions, type Questions } from "./answers/create-questions";
import { passOnAnswer } from "./answers/pass-on-answer";
import { takeAnswers } from "./answers/take-answers";
import { createCallSignals, type CallSignals } from "./create-call-signals";
import { createSessionHost } from "./create-session-host";
import { createToucher } from "./create-toucher";
import { createTransportHolder, type TransportHolder } from "./create-transport-holder";
import type { SessionNews } from "./session-news";
import { deleteSessions } from "./store";
import { createStreamHolder, type StreamHolder } from "./streams/create-stream-holder";
import type { SessionStream } from "./streams/open-session-stream";

// As long as a client may reasonably take to come back for an answer.
const ANSWERS_KEPT_MS = 60_000;

/** One session of a 2025-era client, in a process that serves it. What it is stands in the database. */
export interface LegacySession {
  readonly id: string;
  readonly principal: Principal;
  readonly lastUsedMs: number;
  readonly streams: Pick<StreamHolder, "current">;
  /** Whether something would break if it were forgotten here. */
  readonly isBusy: boolean;
  /** Whether a request is at work. */
  readonly isWorking: boolean;
  /** Answers one HTTP request of this session. */
  handle(request: McpRequest, principal: Principal): Promise<Response>;
  /** Replaces what the key may do, from now on. */
  setPrincipal(principal: Principal): Promise<void>;
  /** Takes what another process, or this one, tells of it. */
  hear(news: SessionNews): void;
  /** Forgets answers that nobody came back for. */
  tidy(now: Date): void;
  /** Ends its stream; calls that wait answer with what they have, and what is at work finishes. */
  release(): void;
  /** Ends everything that this process holds of it. */
  close(): Promise<void>;
}

export interface LegacySessionOptions {
  readonly system: SystemContext;
  readonly surface: McpSurface;
  readonly sessionId: string;
  /** What the client said first. */
  readonly initialize: Record<string, unknown>;
  /** Whether it is saying it now, or did so before. */
  readonly isNew: boolean;
  readonly principal: Principal;
  /** When its use was written down last. */
  readonly lastSeenAt: Date;
  readonly onStreamEnd: (session: LegacySession, stream: SessionStream) => void;
  readonly onClosed: (session: LegacySession) => void;
}

/** Takes up a session. */
export function createLegacySession(options: LegacySessionOptions): LegacySession {
  const { system, surface, sessionId, onClosed } = options;
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    session.release();
    onClosed(session);
    await transport.close();
  };
  const parts = createParts(options, () => session, close);
  const { questions, streams, transport, calls } = parts;
  const touch = createToucher(system, sessionId, options.lastSeenAt, close);
  const session: LegacySession & { principal: Principal; lastUsedMs: number } = {
    id: sessionId,
    principal: options.principal,
    lastUsedMs: system.clock.now().getTime(),
    streams,
    get isWorking() {
      return transport.isBusy;
    },
    get isBusy() {
      return streams.current !== undefined || transport.isBusy;
    },
    async handle(request, current) {
      adopt(session, parts, current);
      session.lastUsedMs = system.clock.now().getTime();
      touch();
      if (isClosed) return notFound();
      const response = await answerRequest(session, parts, request);
      // Its access may have ended, or this process begun to stop, while the stream was being opened.
      if (calls.isEnded) streams.current?.end();
      return response;
    },
    async setPrincipal(next) {
      const lists = findChangedLists(surface, session.principal, next);
      adopt(session, parts, next);
      await tellLists(streams, lists);
    },
    hear: (news) => hear(news, parts),
    tidy: (now) => transport.forgetAnswers(new Date(now.getTime() - ANSWERS_KEPT_MS)),
    release() {
      questions.release();
      calls.end();
      streams.current?.end();
    },
    close,
  };
  return session;
}

interface Parts {
  readonly system: SystemContext;
  readonly questions: Questions;
  readonly streams: StreamHolder;
  readonly transport: TransportHolder;
  readonly calls: CallSignals;
  readonly close: () => Promise<void>;
}

function createParts(
  options: LegacySessionOptions,
  readSession: () => LegacySession,
  close: () => Promise<void>,
): Parts {
  const { system, sessionId } = options;
  const principal = (): Principal => readSession().principal;
  const onEnd = (stream: SessionStream): void => options.onStreamEnd(readSession(), stream);
  const questions = createQuestions();
  const streams = createStreamHolder({ system, sessionId, principal, onEnd });
  const host = createSessionHost(system, sessionId, principal, streams);
  const transport = createTransportHolder({ ...options, questions, host });
  return { system, questions, streams, transport, calls: createCallSignals(), close };
}

function adopt(session: { principal: Principal }, { calls }: Parts, next: Principal): void {
  // A call that waits may not go on by what it began with.
  if (next !== session.principal && changesRights(session.principal, next)) calls.release();
  session.principal = next;
}

async function answerRequest(session: LegacySession, parts: Parts, request: McpRequest): Promise<Response> {
  const { system, questions, streams, transport, calls, close } = parts;
  const { headers, method } = request.web;
  const { id, principal } = session;
  const signal = calls.open(request.connection);
  if (method === "DELETE") {
    await deleteSessions(system.database.system, [id]);
    await close();
    return new Response(null, { status: 200 });
  }
  if (method === "POST") {
    const { answers, rest } = takeAnswers(request.body);
    for (const given of answers) await passOnAnswer(system, { id, principal }, questions, given);
    if (rest === undefined) return new Response(null, { status: 202 });
    return transport.post({ ...request, body: rest }, principal, signal);
  }
  if (headers.get("last-event-id")?.startsWith("answer.")) {
    return transport.resume(request, principal, signal);
  }
  const response = await streams.open(request);
  if (response !== "gone") return response;
  await close();
  return notFound();
}

async function tellLists({ current }: StreamHolder, lists: readonly ListName[]): Promise<void> {
  for (const list of lists) current?.tellList(list);
  if (lists.includes("resources")) await current?.subscriptions.narrow();
}

function notFound(): Response {
  return rpcError(404, -32001, "Session not found");
}

function hear(news: SessionNews, { close, streams: { current }, questions }: Parts): void {
  switch (news.kind) {
    case "ended":
      return void close();
    case "streaming":
      current?.lease.hear(news.stream);
      if (current?.lease.isLost) current.end();
      return;
    case "subscribed":
      return current?.subscriptions.subscribed(news.uri, news.seq);
    case "unsubscribed":
      return current?.subscriptions.unsubscribed(news.uri);
    case "answered":
      questions.settle({ id: news.question, result: { action: news.action } });
  }
}

import type { Principal } from "../../auth/principal";
import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { SystemContext } from "../../context";
import { describeError } from "../../log";
import { findChangedLists, type ListName } from "../find-changed-lists";
import type { McpRequest } from "../mcp-request";
import { rpcError } from "../rpc-error";
import type { McpSurface } from "../surface";
import { createQuestions, type Questions } from "./answers/create-questions";
import { takeAnswers, type Answer } from "./answers/take-answers";
import { createSessionHost } from "./create-session-host";
import { createTransportHolder, type TransportHolder } from "./create-transport-holder";
import type { SessionNews } from "./session-news";
import { deleteSessions, tellSessions, touchSession } from "./store";
import { createStreamHolder, type StreamHolder } from "./streams/create-stream-holder";
import type { SessionStream } from "./streams/open-session-stream";

// Often enough for a limit of half an hour, and seldom enough for a table that every call would write.
const TOUCH_EVERY_MS = 60_000;
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
  /** Answers one HTTP request of this session. */
  handle(request: McpRequest, principal: Principal): Promise<Response>;
  /** Replaces what the key may do, from now on. */
  setPrincipal(principal: Principal): Promise<void>;
  /** Takes what another process, or this one, tells of it. */
  hear(news: SessionNews): void;
  /** Forgets answers that nobody came back for. */
  tidy(now: Date): void;
  /** Ends its stream and the calls that wait, which say so; what is at work finishes. */
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
  readonly onStreamEnd: (session: LegacySession, stream: SessionStream) => void;
  readonly onClosed: (session: LegacySession) => void;
}

/** Takes up a session. */
export function createLegacySession(options: LegacySessionOptions): LegacySession {
  const { system, surface, sessionId, onClosed } = options;
  let isClosed = false;
  const readPrincipal = (): Principal => session.principal;
  const onEnd = (stream: SessionStream): void => options.onStreamEnd(session, stream);
  const questions = createQuestions();
  const streams = createStreamHolder({ system, sessionId, principal: readPrincipal, onEnd });
  const host = createSessionHost(system, sessionId, readPrincipal, streams);
  const transport = createTransportHolder({ ...options, clock: system.clock, questions, host });
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    session.release();
    onClosed(session);
    await transport.close();
  };
  const parts: Parts = { system, questions, streams, transport, released: new AbortController(), close };
  const touch = createToucher(system, sessionId, close);
  const session: LegacySession & { principal: Principal; lastUsedMs: number } = {
    id: sessionId,
    principal: options.principal,
    lastUsedMs: system.clock.now().getTime(),
    streams,
    get isBusy() {
      return streams.current !== undefined || transport.isBusy;
    },
    async handle(request, current) {
      session.principal = current;
      session.lastUsedMs = system.clock.now().getTime();
      touch();
      if (isClosed) return notFound();
      const response = await answerRequest(session, parts, request);
      // Its access may have ended while the stream was being opened.
      if (isClosed) streams.current?.end();
      return response;
    },
    async setPrincipal(next) {
      const lists = findChangedLists(surface, session.principal, next);
      session.principal = next;
      await tellLists(streams, lists);
    },
    hear: (news) => hear(news, parts),
    tidy: (now) => transport.forgetAnswers(new Date(now.getTime() - ANSWERS_KEPT_MS)),
    release() {
      parts.released.abort();
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
  /** Aborted when calls that wait should come to their end. */
  readonly released: AbortController;
  readonly close: () => Promise<void>;
}

async function answerRequest(session: LegacySession, parts: Parts, request: McpRequest): Promise<Response> {
  const { system, questions, streams, transport, released, close } = parts;
  const { headers, method } = request.web;
  const { id, principal } = session;
  const signal = AbortSignal.any([request.connection, released.signal]);
  if (method === "DELETE") {
    await deleteSessions(system.database.system, [id]);
    await close();
    return new Response(null, { status: 200 });
  }
  if (method === "POST") {
    const { answers, rest } = takeAnswers(request.body);
    for (const given of answers) await passOn(system, session, questions, given);
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

// A question may have been asked by another process. Only what a person decided is passed on, never what was written.
async function passOn(
  { database }: SystemContext,
  { id, principal }: LegacySession,
  questions: Questions,
  answer: Answer,
): Promise<void> {
  if (questions.settle(answer)) return;
  // As a call counts: or made-up answers would fill the channel.
  await requireRatePermit(database, principal);
  const given = answer.result?.action;
  const action = given === "accept" || given === "decline" ? given : "cancel";
  await tellSessions(database.system, { kind: "answered", id, question: answer.id, action });
}

/** Notes now and then that a session is used. One that turns out to be gone is closed. */
function createToucher({ database, clock, log }: SystemContext, id: string, close: () => Promise<void>) {
  let touchedMs = clock.now().getTime();
  return (): void => {
    const now = clock.now();
    if (now.getTime() < touchedMs + TOUCH_EVERY_MS) return;
    touchedMs = now.getTime();
    touchSession(database.system, id, now)
      .then((isThere) => (isThere ? undefined : close()))
      .catch((error: unknown) => log.debug("a session's use was not noted:", describeError(error)));
  };
}

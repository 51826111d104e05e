import { classifyFailure } from "./classify-failure";
import type { HttpLink, Session } from "./create-http-link";
import type { Inbox } from "./create-inbox";
import type { Pacer } from "./create-pacer";
import { readAnswer } from "./read-answer";

/** A server that sends keep-alives (ours every 15 s) and falls silent this long is gone: a laptop that slept. */
const SILENCE_LIMIT_MS = 60_000;
/** A stream that lived this long was a good one: the next attempt starts with the shortest pause. */
const GOOD_STREAM_MS = 1_000;

/** Pause after a refusal that time alone does not mend, a revoked key for example; servers count such attempts. */
const REFUSED_PAUSE_MS = 30_000;

/** What {@link listenForPushes} needs. */
export interface ListenOptions {
  readonly link: HttpLink;
  readonly pacer: Pacer;
  readonly session: Session;
  /** Ends the listening. */
  readonly signal: AbortSignal;
  readonly deliver: Inbox;
  /** The stream is open, or the first attempt to open it has failed. */
  onFirstAttempt(): void;
  /** The stream is open again, and the server cannot tell what was missed. */
  onGap(): Promise<void>;
  /** Whether the server still knows the session; `undefined` when it would not say. */
  isAlive(): Promise<boolean | undefined>;
  /** The session has ended: has it replaced. "replaced" means that somebody listens in the new one. */
  onSessionLost(): Promise<"replaced" | "refused" | "unclear">;
  log(line: string): void;
}

interface Attempt {
  /** Whether there was a stream. */
  readonly wasOpen: boolean;
  /** Why there was none, for the log. */
  readonly reason?: string;
  /** There is nothing to listen to, now or later. */
  readonly isOver?: boolean;
  /** The stream proved useful: the pauses start again from the shortest. */
  readonly wasGood?: boolean;
  readonly cursor?: string;
  readonly retryMs?: number;
}

/**
 * Keeps the standing event stream of a session open (MCP 2025-11-25, listening for messages from the
 * server): reconnects for ever, from the last event id where there is one, until the signal aborts, the
 * session ends, or the server says that it offers no such stream.
 */
export async function listenForPushes(options: ListenOptions): Promise<void> {
  const { pacer, signal, log } = options;
  let cursor: string | undefined;
  let failures = 0;
  let hasBeenOpen = false;
  let isDown = false;
  while (!signal.aborted) {
    const onOpen = async (): Promise<void> => {
      if (isDown) log("Connected to the server again.");
      isDown = false;
      options.onFirstAttempt();
      if (hasBeenOpen && cursor === undefined) await options.onGap();
      hasBeenOpen = true;
    };
    const attempt = await listenOnce(options, cursor, hasBeenOpen, onOpen);
    options.onFirstAttempt();
    if (attempt.isOver || signal.aborted) return;
    if (!isDown && !attempt.wasOpen) log(`No push stream (${attempt.reason}); trying until there is.`);
    isDown ||= !attempt.wasOpen;
    cursor = attempt.cursor;
    failures = attempt.wasGood ? 0 : failures + 1;
    if (attempt.retryMs === undefined) await pacer.backOff(failures, signal);
    else await pacer.wait(attempt.retryMs, signal);
  }
}

async function listenOnce(
  options: ListenOptions,
  cursor: string | undefined,
  hasBeenOpen: boolean,
  onOpen: () => Promise<void>,
): Promise<Attempt> {
  const { link, session, deliver, signal } = options;
  const startedAt = performance.now();
  const watch = startWatch(signal);
  const kept = cursor === undefined ? {} : { cursor };
  try {
    const response = await link.listen(session, cursor, watch.signal);
    if (!response.ok) {
      await response.body?.cancel();
      return await handleRefusal(options, response.status, hasBeenOpen, kept);
    }
    await onOpen();
    const answer = await readAnswer(response, (text) => deliver(text), watch.hear);
    if (answer.kind === "not_mcp") return { wasOpen: true, isOver: true };
    const wasGood = performance.now() - startedAt > GOOD_STREAM_MS || answer.cursor !== undefined;
    const { cursor: next = cursor, retryMs } = answer;
    return {
      wasOpen: true,
      wasGood,
      ...(next !== undefined && { cursor: next }),
      ...(answer.kind === "ended" && retryMs !== undefined && { retryMs }),
    };
  } catch (error) {
    return { wasOpen: false, reason: classifyFailure(error).reason, ...kept };
  } finally {
    watch.stop();
  }
}

async function handleRefusal(
  options: ListenOptions,
  status: number,
  hasBeenOpen: boolean,
  kept: { cursor?: string },
): Promise<Attempt> {
  const refused = { wasOpen: false, reason: `HTTP ${status}` };
  if (status === 405) return { ...refused, isOver: true };
  // The server cannot use the cursor: listen from now on instead.
  if (status === 400) return refused;
  if (status === 401 || status === 403) return { ...refused, ...kept, retryMs: REFUSED_PAUSE_MS };
  if (status !== 404) return { ...refused, ...kept };
  if (!hasBeenOpen) {
    // Servers without this stream may answer 404 too, and would do so in a new session.
    const isAlive = await options.isAlive();
    if (isAlive !== false) return { ...refused, isOver: isAlive === true };
  }
  const fate = await options.onSessionLost();
  // A request of the host asks for a new session at once, so a long pause here holds nothing up.
  return {
    ...refused,
    isOver: fate === "replaced",
    ...(fate === "refused" && { retryMs: REFUSED_PAUSE_MS }),
  };
}

/** A signal that also fires when a server that sent keep-alives has fallen silent. */
function startWatch(parent: AbortSignal) {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  let timer: NodeJS.Timeout | undefined;
  if (parent.aborted) end();
  parent.addEventListener("abort", end);
  return {
    signal: controller.signal,
    hear(isKeepAlive: boolean): void {
      if (isKeepAlive && timer === undefined) timer = setTimeout(end, SILENCE_LIMIT_MS);
      else timer?.refresh();
    },
    stop(): void {
      clearTimeout(timer);
      parent.removeEventListener("abort", end);
    },
  };
}

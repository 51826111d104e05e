import type { HttpLink, Session } from "./create-http-link";
import type { Outgoing } from "./create-outgoing";
import type { Pacer } from "./create-pacer";
import { createWaitBudget } from "./create-wait-budget";
import { readAnswer } from "./read-answer";

/** A server that was away has no request under way any more; what it kept of the stream comes at once. */
const REPLAY_WINDOW_MS = 2_000;

/** What {@link resumeAnswer} needs. */
export interface ResumeOptions {
  readonly link: HttpLink;
  readonly pacer: Pacer;
  readonly session: Session;
  readonly cursor: string;
  readonly retryMs?: number;
  /** Whether the answer broke off; otherwise the server ended it on purpose and goes on working. */
  readonly isBroken: boolean;
  deliver(text: string): Promise<void>;
}

/**
 * Follows the answer to a request on a new stream from after `cursor` (MCP 2025-11-25, resumability and
 * redelivery). Returns when the request is answered, or when resuming leads nowhere: the server offers
 * no resumption, stays silent, or cannot be reached for as long as the request may wait.
 */
export async function resumeAnswer(outgoing: Outgoing, options: ResumeOptions): Promise<void> {
  const { link, pacer, session, isBroken, deliver } = options;
  let { cursor, retryMs } = options;
  let budget = createWaitBudget(pacer, outgoing.waitMs, outgoing.abort.signal);
  let wasAway = false;
  while (await budget.pause(retryMs)) {
    const silence = startSilenceTimer(outgoing);
    try {
      silence.allow(outgoing.waitMs);
      const response = await link.listen(session, cursor, silence.signal);
      if (response.ok) {
        const allowedMs = wasAway ? REPLAY_WINDOW_MS : outgoing.waitMs;
        silence.allow(allowedMs);
        const answer = await readAnswer(response, deliver, (isKeepAlive) => {
          // A restarted server keeps a stream alive too, on which the answer will never come.
          if (!isKeepAlive || (!isBroken && !wasAway)) silence.allow(allowedMs);
        });
        if (outgoing.isAnswered || answer.kind === "not_mcp" || silence.signal.aborted) return;
        if (answer.cursor !== undefined && answer.cursor !== cursor) {
          // The stream goes on, so the server works on it: the next outage has its own budget.
          cursor = answer.cursor;
          budget = createWaitBudget(pacer, outgoing.waitMs, outgoing.abort.signal);
        }
        retryMs = answer.retryMs;
      } else {
        await response.body?.cancel();
        // 409: the server has not noticed yet that the first stream is gone. 5xx: a proxy without its server.
        if (response.status !== 409 && response.status < 500) return;
        wasAway ||= response.status >= 500;
      }
    } catch {
      if (silence.signal.aborted) return;
      wasAway = true;
      retryMs = undefined;
    } finally {
      silence.stop();
    }
  }
}

function startSilenceTimer({ abort }: Outgoing) {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  abort.signal.addEventListener("abort", end);
  if (abort.signal.aborted) end();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    allow(ms: number): void {
      clearTimeout(timer);
      timer = setTimeout(end, ms);
    },
    stop(): void {
      clearTimeout(timer);
      abort.signal.removeEventListener("abort", end);
    },
  };
}

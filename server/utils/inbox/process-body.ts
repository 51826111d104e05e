import type { SystemContext } from "../context";
import { toAppError } from "../errors";
import { isDataError } from "../is-data-error";
import { describeError } from "../log";
import { readWebhookElements, type WebhookElement } from "../meta/webhook-elements";
import type { InboxLease } from "./create-inbox-lease";
import type { DeadLetter } from "./dead-letter";
import { processElement, type ElementWork } from "./process-element";
import type { InboxBody } from "./store";

// How often a body is tried whose trouble lies in the database and not in the data.
const ATTEMPT_LIMIT = 20;
// Meta puts at most 1,000 things into a body; what is more is counted.
const DEAD_LETTER_LIMIT = 1_000;

/** How a body ended; `lost` when another process has it. */
export type BodyOutcome = "lost" | { readonly error: Record<string, unknown> | undefined };

/** Handles a body's elements, each by itself. Throws at the end when some of them must be tried again. */
export async function processBody(
  ctx: SystemContext,
  body: InboxBody,
  lease: InboxLease,
): Promise<BodyOutcome> {
  const json = parseBody(body.body);
  if (json === undefined) return describeEnd([{ path: "", reason: "the body is not JSON" }]);
  const work: ElementWork = { ctx, body, numbers: new Map(), news: new Map() };
  const deadLetters: DeadLetter[] = [];
  let tryAgain: unknown;
  for (const element of readWebhookElements(json)) {
    if (!(await lease.keep(body.id))) return "lost";
    const result = await tryElement(work, element);
    if (result && "reason" in result) deadLetters.push(result);
    else if (result) tryAgain = result.error;
  }
  if (tryAgain) throw tryAgain;
  return describeEnd(deadLetters);
}

async function tryElement(
  work: ElementWork,
  element: WebhookElement,
): Promise<DeadLetter | { error: unknown } | undefined> {
  const { path } = element;
  try {
    const reason = await processElement(work, element);
    return reason ? { path, reason } : undefined;
  } catch (error) {
    // The database is away: the next element would fail too.
    if (toAppError(error).retryable) throw error;
    work.ctx.log.warn("an inbox element could not be stored:", describeError(error));
    const isHopeless = isDataError(error) || work.body.attempts >= ATTEMPT_LIMIT;
    return isHopeless ? { path, reason: "it could not be stored" } : { error };
  }
}

function describeEnd(deadLetters: DeadLetter[]): BodyOutcome {
  if (deadLetters.length === 0) return { error: undefined };
  const omitted = deadLetters.length - DEAD_LETTER_LIMIT;
  return {
    error: {
      dead_letters: deadLetters.slice(0, DEAD_LETTER_LIMIT),
      ...(omitted > 0 ? { omitted } : {}),
    },
  };
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

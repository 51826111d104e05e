import type { HttpLink, Session } from "./create-http-link";
import type { Inbox } from "./create-inbox";
import type { Outgoing } from "./create-outgoing";
import type { Pacer } from "./create-pacer";
import { createWaitBudget, type WaitBudget } from "./create-wait-budget";
import { decideNextStep, type NextStep } from "./decide-next-step";
import { postMessage } from "./post-message";
import { resumeAnswer } from "./resume-answer";
import { shimErrors, type JsonRpcError } from "./shim-errors";

/** How sending ended. */
export type SendResult =
  /** Answered, or accepted when no answer was expected. */
  | { readonly kind: "done" }
  /** Its session has ended, and it makes no sense in another. */
  | { readonly kind: "lost" }
  | { readonly kind: "gave_up"; readonly error: JsonRpcError }
  | { readonly kind: "aborted" };

/** What {@link sendUntilAnswered} needs. */
export interface Sender {
  readonly link: HttpLink;
  readonly pacer: Pacer;
  readonly deliver: Inbox;
  /** Whether the message may be sent again although the server may have acted on it. */
  isRepeatable(outgoing: Outgoing): Promise<boolean>;
  /** Opens a new session in place of `lost`; gives the error when the server will not have one. */
  renew(lost: Session): Promise<JsonRpcError | undefined>;
  /** Nobody waits any more for what the server asked on this message's response. */
  retractQuestions(outgoing: Outgoing): Promise<void>;
}

/** New sessions that one message may cost; a server that ends every session at once is not followed further. */
const RENEWAL_LIMIT = 5;

/**
 * Sends a message until the server has answered it, across outages and lost sessions, as long as that
 * cannot make the server do something twice.
 */
export async function sendUntilAnswered(sender: Sender, outgoing: Outgoing): Promise<SendResult> {
  const { signal } = outgoing.abort;
  const budget = createWaitBudget(sender.pacer, outgoing.waitMs, signal);
  let isUncertain = false;
  for (let renewals = 0; !signal.aborted;) {
    const session = outgoing.session();
    outgoing.mayBeRunning = true;
    const outcome = await postMessage(sender.link, outgoing, session, (text) =>
      sender.deliver(text, outgoing),
    );
    if (outgoing.isAnswered) return { kind: "done" };
    if (signal.aborted) break;

    const { where, hasKey } = sender.link;
    const wantsAnswer = outgoing.receive !== undefined;
    const hadSession = session?.id !== undefined;
    const step = decideNextStep(outcome, { wantsAnswer, hadSession, where, hasKey });
    let end: SendResult | undefined;
    outgoing.mayBeRunning = step.do === "recover";
    isUncertain ||= outgoing.mayBeRunning;
    if (step.do === "finish") end = { kind: "done" };
    else if (step.do === "answer") end = await giveUp(sender, outgoing, step);
    else if (step.do === "wait") end = await waitForServer(sender, { ...step, isUncertain }, budget);
    else if (step.do === "recover") end = await recover(sender, outgoing, session, step, budget);
    else if (session !== undefined) end = await renew(sender, outgoing, session, budget, ++renewals);
    if (end?.kind !== "done") await sender.retractQuestions(outgoing);
    if (end !== undefined) return end;
  }
  await sender.retractQuestions(outgoing);
  return { kind: "aborted" };
}

async function giveUp(
  sender: Sender,
  outgoing: Outgoing,
  { error, failedWith }: Extract<NextStep, { do: "answer" }>,
): Promise<SendResult> {
  const isClear = failedWith === undefined || (await sender.isRepeatable(outgoing));
  return { kind: "gave_up", error: isClear ? error : describeUnknown(outgoing, failedWith) };
}

function describeUnknown({ message }: Outgoing, reason: string): JsonRpcError {
  const what = message.kind === "request" ? String(message.params.name ?? message.method) : message.kind;
  return shimErrors.outcomeUnknown(what, reason);
}

/** `undefined` means: send again. */
async function waitForServer(
  sender: Sender,
  step: Omit<Extract<NextStep, { do: "wait" }>, "do"> & { readonly isUncertain: boolean },
  budget: WaitBudget,
): Promise<SendResult | undefined> {
  if (await budget.pause(step.ms)) return undefined;
  const { where } = sender.link;
  const error = step.error ?? shimErrors.unreachable(where, budget.waitedMs(), step.reason, step.isUncertain);
  return { kind: "gave_up", error };
}

async function recover(
  sender: Sender,
  outgoing: Outgoing,
  session: Session | undefined,
  step: Extract<NextStep, { do: "recover" }>,
  budget: WaitBudget,
): Promise<SendResult | undefined> {
  const { cursor, retryMs, reason, isBroken } = step;
  // A stream that the server ended with a cursor is one to come back to. A broken one is resumed only when
  // sending again is out of the question, for the server behind it has probably gone.
  if (cursor !== undefined && session !== undefined && !(isBroken && (await sender.isRepeatable(outgoing)))) {
    const deliver = (text: string): Promise<void> => sender.deliver(text, outgoing);
    const { link, pacer } = sender;
    await resumeAnswer(outgoing, {
      link,
      pacer,
      session,
      cursor,
      deliver,
      isBroken,
      ...(retryMs !== undefined && { retryMs }),
    });
    if (outgoing.isAnswered) return { kind: "done" };
  }
  if (outgoing.abort.signal.aborted) return { kind: "aborted" };
  if (await sender.isRepeatable(outgoing))
    return await waitForServer(sender, { reason, isUncertain: true }, budget);
  return { kind: "gave_up", error: describeUnknown(outgoing, reason) };
}

async function renew(
  sender: Sender,
  outgoing: Outgoing,
  lost: Session,
  budget: WaitBudget,
  renewals: number,
): Promise<SendResult | undefined> {
  const renewal = sender.renew(lost);
  if (!outgoing.survivesRenewal) return { kind: "lost" };
  if (renewals > RENEWAL_LIMIT) {
    return {
      kind: "gave_up",
      error: shimErrors.refused("The server ends every session as soon as it is opened.", 404),
    };
  }
  const { signal } = outgoing.abort;
  const remainingMs = Math.min(budget.remainingMs(), 2 ** 31 - 1);
  const late = Symbol("late");
  const leave = new AbortController();
  const leaveToo = (): void => leave.abort();
  signal.addEventListener("abort", leaveToo);
  const outOfTime = sender.pacer.wait(remainingMs, leave.signal).then(() => late);
  const error = await Promise.race([renewal, outOfTime]);
  signal.removeEventListener("abort", leaveToo);
  leave.abort();
  if (signal.aborted) return { kind: "aborted" };
  if (typeof error === "symbol") {
    const reason = "the session ended and no new one could be opened";
    const { where } = sender.link;
    return { kind: "gave_up", error: shimErrors.unreachable(where, budget.waitedMs(), reason, false) };
  }
  return error === undefined ? undefined : { kind: "gave_up", error };
}

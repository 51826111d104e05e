import { grantedNumbers } from "../../auth/scopes";
import { createWakeup } from "../../changes/create-wakeup";
import type { CallContext } from "../../context";
import { describeError } from "../../log";
import { readStatusReport, type StatusReport } from "../reading/read-status-report";
import { REPORTED_STATUSES } from "../reported-statuses";
import type { QueuedMessage } from "./queue-message";

export interface OutcomeWait {
  /** The tool that sent, for its grants. */
  readonly tool: string;
  /** How far the message should have come; undefined not to wait. */
  readonly waitFor: "sent" | "delivered" | "read" | undefined;
  readonly timeoutSeconds: number;
}

/** A message that was waited for, as it stands then. */
export type AwaitedMessage = QueuedMessage & Partial<Pick<StatusReport, "history">>;

const LADDER: readonly string[] = ["queued", "sending", ...REPORTED_STATUSES];
// Where nothing more is to be expected; a late report may still correct some of them.
const ENDS: ReadonlySet<string> = new Set(["failed", "expired", "cancelled", "held", "unknown"]);

/**
 * Holds the answer of a send until the message has come as far as asked, has ended otherwise, or the time is over. The send is
 * committed: nothing that goes wrong here makes it an error, and a caller who leaves does not stop it.
 */
export async function awaitOutcome(
  ctx: CallContext,
  queued: QueuedMessage,
  { tool, waitFor, timeoutSeconds }: OutcomeWait,
): Promise<AwaitedMessage> {
  if (!waitFor) return queued;
  const goal = LADDER.indexOf(waitFor);
  const report = createLadderReport(ctx, goal);
  const wakeup = createWakeup({
    changes: ctx.changes,
    keyId: ctx.principal.keyId,
    ids: [queued.message_id],
    concerns: ({ kind }) => kind === "status",
    signal: ctx.signal,
    timeoutMs: timeoutSeconds * 1000,
  });
  try {
    let seen = await look(ctx, tool, queued.message_id);
    report(seen);
    // As many calls of the key are waiting as may: then it answers with what is.
    if (!wakeup) return describe(queued, seen);
    while (!isOver(seen?.status ?? queued.status, goal)) {
      const reason = await wakeup.next();
      if (reason === "gone") break;
      // A look that failed is made good by the next one.
      seen = (await look(ctx, tool, queued.message_id)) ?? seen;
      report(seen);
      if (reason === "late") break;
    }
    return describe(queued, seen);
  } finally {
    wakeup?.end();
  }
}

async function look(ctx: CallContext, tool: string, messageId: string): Promise<StatusReport | undefined> {
  const phoneNumberIds = grantedNumbers(ctx.principal, tool).map((number) => number.phoneNumberId);
  try {
    return (await ctx.read((tx) => readStatusReport(tx, messageId, phoneNumberIds)))?.report;
  } catch (error) {
    ctx.log.warn(`no status was read for request ${ctx.requestId}:`, describeError(error));
    return undefined;
  }
}

function isOver(status: string, goal: number): boolean {
  return ENDS.has(status) || LADDER.indexOf(status) >= goal;
}

function describe(queued: QueuedMessage, seen: StatusReport | undefined): AwaitedMessage {
  if (!seen) return queued;
  const { approval, ...rest } = queued;
  const { status, history } = seen;
  return { ...rest, status, history, ...(approval && status === "held" ? { approval } : {}) };
}

// Progress may only grow, so what is reported late or again is left out. The first report has the answer travel as an event
// stream, which is kept alive.
function createLadderReport({ reportProgress }: CallContext, goal: number) {
  let highest = -1;
  return (seen: StatusReport | undefined): void => {
    for (const { status } of seen?.history ?? []) {
      const rung = LADDER.indexOf(status);
      if (rung <= highest || rung > goal) continue;
      highest = rung;
      reportProgress?.(rung, goal, status);
    }
  };
}

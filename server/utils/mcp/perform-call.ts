import { recordAudit, type AuditEntry } from "../audit/record-audit";
import { requireRatePermit } from "../auth/limits/require-rate-permit";
import type { Principal } from "../auth/principal";
import type { AskPerson, AuditTargets, CallContext, ReportProgress, SystemContext } from "../context";
import { toAppError, type AppError } from "../errors";
import { newId } from "../ids";
import { describeError } from "../log";
import { InputRequired } from "./input-required";

/** Who calls, and over what. */
export interface Caller {
  readonly principal: Principal;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Absent when the client cannot put questions to a person. */
  readonly askPerson?: AskPerson;
  /** Absent when the client wants no progress. */
  readonly reportProgress?: ReportProgress;
}

/** How a call ended. */
export type CallOutcome<T> = { readonly result: T } | { readonly error: AppError };

/**
 * Does the work of one call: the key's rate first, then `work`. Leaves exactly one audit row, whatever happens: in the
 * work's own transaction where it has one.
 *
 * @param action what the audit row says was called, for example `tool.ping`
 * @throws InputRequired when a person has to answer first; that is no failure
 */
export async function performCall<T>(
  system: SystemContext,
  caller: Caller,
  action: string,
  work: (ctx: CallContext) => Promise<T>,
): Promise<CallOutcome<T>> {
  const { ctx, finish } = openCall(system, caller, action);
  try {
    await requireRatePermit(system.database.system, caller.principal);
    const result = await work(ctx);
    await finish("ok");
    return { result };
  } catch (thrown) {
    if (thrown instanceof InputRequired) {
      await finish("ok");
      throw thrown;
    }
    const error = toAppError(thrown);
    if (error.code === "internal")
      system.log.error(`${action} failed, request ${caller.requestId}:`, describeError(thrown));
    const outcome = error.code === "internal" || error.code === "unavailable" ? "failed" : "refused";
    await finish(outcome, error.code).catch(() => {
      system.log.warn(`${action}: no audit row could be written, request ${caller.requestId}`);
    });
    return { error };
  }
}

function openCall(system: SystemContext, caller: Caller, action: string) {
  const { principal, requestId } = caller;
  const targets: AuditTargets = {};
  const startedMs = performance.now();
  // One id for the call: a commit whose confirmation was lost has its row, and a second one would contradict it.
  const id = newId();
  let isAudited = false;
  const entry = (outcome: AuditEntry["outcome"], errorCode?: string): AuditEntry => ({
    id,
    at: system.clock.now(),
    actor: "key",
    action,
    outcome,
    clientId: principal.clientId,
    apiKeyId: principal.keyId,
    requestId,
    latencyMs: Math.round(performance.now() - startedMs),
    ...targets,
    ...(errorCode ? { errorCode } : {}),
  });
  const ctx: CallContext = {
    ...system,
    ...caller,
    targets,
    read: (work) => system.database.asClient(principal.clientId, work),
    transact: async (work) => {
      const result = await system.database.asClient(principal.clientId, async (tx) => {
        const done = await work(tx);
        // One row per call: of several transactions the first one carries it.
        if (!isAudited) await recordAudit(tx, entry("ok"));
        return done;
      });
      isAudited = true;
      return result;
    },
  };
  const finish = async (outcome: AuditEntry["outcome"], errorCode?: string): Promise<void> => {
    if (isAudited) return;
    isAudited = true;
    await recordAudit(system.database.system, entry(outcome, errorCode));
  };
  return { ctx, finish };
}

import { checkUnread } from "./drive/check-unread";
import { doWork } from "./drive/do-work";
import { findExcused } from "./drive/find-excused";
import { createGate } from "./drive/gate";
import { createLedger, type Ledger } from "./drive/ledger";
import { strikeAlong } from "./drive/strike-along";
import { nameStuck } from "./drive/name-stuck";
import { untilSettled } from "./drive/until-settled";
import { watchDoubles } from "./drive/watch-doubles";
import { withDeadline } from "./drive/with-deadline";
import { explainViolations } from "./explain-violations";
import { collectEvidence } from "./oracle/collect-evidence";
import type { Evidence, Violation } from "./oracle/evidence";
import { findViolations } from "./oracle/find-violations";
import { createPlan, type Plan, type PlanOptions } from "./plan/create-plan";
import type { Strike } from "./plan/strike";
import type { Report } from "./report";
import { openStage, type FastPath, type Stage } from "./stage/open-stage";

export interface FaultRunOptions extends PlanOptions {
  readonly fastPath: FastPath;
  /** No more strikes after this time: what is under way is settled and compared. */
  readonly minutes: number;
  readonly log: (line: string) => void;
  /** Is given the last lines of all processes when something was violated, or the run hung. */
  readonly onTrouble: (lines: readonly string[]) => Promise<void>;
}

const START_AND_END_MS = 240_000;
const MS_PER_KILL = 12_000;
const SAY_EVERY_KILLS = 25;

/** Plays a plan against two servers, and compares what the phones saw with what was asked for. */
export async function runFaults(options: FaultRunOptions): Promise<Report> {
  const startedMs = performance.now();
  const plan = createPlan(options);
  const stage = await openStage(options);
  let isGood = false;
  try {
    const progress: Progress = { phase: "the start" };
    const deadlineMs = START_AND_END_MS + options.kills * MS_PER_KILL + settleTimeoutMs(plan);
    const played = await withDeadline(play(stage, plan, options, progress), deadlineMs, () => progress.phase);
    const violations = await explainViolations(stage.sql, played.violations);
    isGood = violations.length === 0;
    return { ...played, seed: options.seed, durationMs: performance.now() - startedMs, violations };
  } finally {
    if (!isGood) await options.onTrouble(stage.lines);
    await stage.close();
  }
}

type Played = Omit<Report, "seed" | "durationMs" | "violations"> & {
  readonly violations: readonly Violation[];
};

/** What is waited for, should it hang. */
interface Progress {
  phase: string;
}

async function play(stage: Stage, plan: Plan, options: FaultRunOptions, progress: Progress): Promise<Played> {
  const ledger = createLedger();
  const gate = createGate();
  const doubles = watchDoubles(stage);
  const counts = createCounts(plan, options);
  progress.phase = "the work under strikes";
  const endMs = performance.now() + options.minutes * 60_000;
  const mayGoOn = (): boolean => performance.now() < endMs;
  const [repeats] = await Promise.all([
    doWork(stage, plan.actions, gate, ledger),
    strikeAlong(stage, plan.strikes, gate, counts.note, mayGoOn),
  ]);
  progress.phase = "everything to settle";
  const settlingSince = performance.now();
  await stage.postgres.untilUp();
  await stage.phones.removeFaults();
  const open = await untilSettled(stage, ledger, {
    timeoutMs: settleTimeoutMs(plan),
    isSomebodyWriting: true,
  });
  const settledAfterMs = performance.now() - settlingSince;
  const stuck = nameStuck(open);
  const unread = stuck.length > 0 ? [] : await checkUnread(stage, plan, ledger);
  progress.phase = "the comparison";
  await doubles.stop();
  const evidence = await collectEvidence(stage, ledger, {
    people: plan.people,
    repeats: repeats + plan.actions.filter(({ kind }) => kind === "send twice").length,
    excused: await findExcused(stage.sql, doubles.reports),
  });
  const violations = [...stuck, ...unread, ...findViolations(evidence)];
  return {
    ...counts.read(),
    ...(await countSends(stage, ledger, evidence)),
    repeats,
    settledAfterMs,
    violations,
  };
}

/** Longer than the claim of a dead process, than pauses after 131056, and than any clock was wrong by. */
function settleTimeoutMs({ strikes }: Plan): number {
  const wrong = strikes.map((strike) => (strike.kind === "clock" ? Math.abs(strike.shiftMs) : 0));
  return 120_000 + Math.max(0, ...wrong);
}

function createCounts({ strikes: all }: Plan, { kills: allKills, log }: FaultRunOptions) {
  const kills: Record<string, number> = {};
  const strikes: Record<string, number> = {};
  let killed = 0;
  let struck = 0;
  const add = (counts: Record<string, number>, name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  return {
    read: () => ({ kills, strikes }),
    note(strike: Strike): void {
      struck += 1;
      if (strike.kind !== "kill")
        return add(strikes, strike.kind === "fault" ? strike.fault.kind : strike.kind);
      add(kills, strike.target);
      killed += 1;
      if (killed % SAY_EVERY_KILLS === 0)
        log(`${killed} of ${allKills} kills, ${struck} of ${all.length} strikes`);
    },
  };
}

async function countSends({ sql }: Stage, ledger: Ledger, { outbound, excused }: Evidence) {
  const [events] = await sql<{ uncertainAttempts: number; resent: number }[]>`
    select (count(*) filter (where detail ->> 'uncertain' = 'true'))::int as "uncertainAttempts",
      (count(*) filter (where detail ->> 'after_silence' = 'true'))::int as resent
    from message_events`;
  const [rows] = await sql<{ rescued: number }[]>`
    select count(*)::int as rescued from messages where rescued_at is not null`;
  return {
    rescued: rows?.rescued ?? 0,
    sends: ledger.sent.size,
    inbound: ledger.received.size,
    uncertainAttempts: events?.uncertainAttempts ?? 0,
    resent: events?.resent ?? 0,
    unknown: outbound.filter(({ status }) => status === "unknown").length,
    failed: outbound.filter(({ status }) => status === "failed" || status === "expired").length,
    excusedDoubles: excused.size,
  };
}

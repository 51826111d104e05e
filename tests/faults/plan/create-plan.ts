import type { Action } from "./action";
import { createRandom, type Random } from "./create-random";
import { drawFault } from "./draw-fault";
import type { Strike, Target } from "./strike";

export interface PlanOptions {
  readonly seed: number;
  /** How many times something is killed with SIGKILL. */
  readonly kills: number;
  /** Kinds of strikes, or of Meta's faults, to leave out. */
  readonly without: readonly string[];
}

/** What a run does. The same options give the same plan. */
export interface Plan {
  readonly people: number;
  readonly actions: readonly Action[];
  /** In the order in which they come; `at` counts finished actions. */
  readonly strikes: readonly Strike[];
}

type WithoutTime<T> = T extends Strike ? Omit<T, "at"> : never;
type Blow = WithoutTime<Strike>;

const PEOPLE = 30;
const ACTIONS_PER_KILL = 20;
/** The share of sends that are worth something for a few seconds only. */
const EXPIRING = 0.08;
const TARGETS: readonly Target[] = [
  ...(["server 1", "server 1", "server 1"] as const),
  ...(["server 2", "server 2", "server 2"] as const),
  ...(["engine", "engine", "postgres", "postgres"] as const),
];
/** Between two kills: now and then a deployment or a wrong clock, mostly something of Meta's. */
const FAULTS_PER_KILL = 1.5;
const KILLS_PER_RESTART = 20;
const KILLS_PER_CLOCK = 4;
/** What a wrong clock or Meta's pair limit puts off by minutes must be due before the run is over. */
const SLOW_UNTIL = 0.5;
const SMALL_RUN_KILLS = 100;

/** Draws a run from a seed: what is sent and received, and what strikes when. */
export function createPlan({ seed, kills, without }: PlanOptions): Plan {
  const random = createRandom(seed);
  const actions = Array.from({ length: kills * ACTIONS_PER_KILL }, (_, number): Action => {
    const chance = random.next();
    const kind = chance < 0.55 ? "send" : chance < 0.6 ? "send twice" : "receive";
    const person = random.between(0, PEOPLE - 1);
    return random.next() < EXPIRING
      ? { number, kind, person, expiresInS: random.between(1, 15) }
      : { number, kind, person };
  });
  const strikes = drawStrikes(random, kills, actions.length).filter((strike) => isWanted(strike, without));
  return { people: PEOPLE, actions, strikes };
}

function drawStrikes(random: Random, kills: number, actionCount: number): Strike[] {
  const target = random.bag(TARGETS);
  const fault = drawFault(random);
  const repeat = (count: number, draw: () => Blow): Blow[] => Array.from({ length: Math.round(count) }, draw);
  const blows = [
    ...repeat(kills, () => drawKill(random, target())),
    ...repeat(kills * FAULTS_PER_KILL, () => ({ kind: "fault", fault: fault() })),
    ...repeat(Math.max(1, kills / KILLS_PER_RESTART), () => ({ kind: "rolling restart" })),
    ...repeat(Math.max(1, kills / KILLS_PER_CLOCK), () => drawClock(random, kills)),
  ];
  const strikes = blows.map((blow): Strike =>
    Object.assign({ at: random.between(0, lastStart(blow, actionCount)) }, blow),
  );
  for (const server of [0, 1] as const) {
    strikes.push({ kind: "clock", server, shiftMs: 0, at: Math.floor(actionCount * SLOW_UNTIL) });
  }
  return strikes.toSorted((a, b) => a.at - b.at);
}

function drawKill(random: Random, target: Target): Blow {
  const isEarly = target !== "postgres" && random.next() < 0.15;
  const downMs = target === "postgres" ? random.between(0, 1_000) : 0;
  return { kind: "kill", target, isEarly, afterMs: random.between(0, 200), downMs };
}

function drawClock(random: Random, kills: number): Blow {
  const server = random.next() < 0.5 ? 0 : 1;
  const mostMs = kills < SMALL_RUN_KILLS ? 45_000 : 300_000;
  // Back to the right time now and then, which is a jump too.
  const isRight = random.next() < 0.3;
  const shiftMs = isRight ? 0 : random.between(10_000, mostMs) * (random.next() < 0.5 ? 1 : -1);
  return { kind: "clock", server, shiftMs };
}

function lastStart(blow: Blow, actionCount: number): number {
  const isSlow = blow.kind === "clock" || (blow.kind === "fault" && blow.fault.code === 131056);
  return Math.floor((actionCount - 1) * (isSlow ? SLOW_UNTIL : 1));
}

function isWanted(strike: Strike, without: readonly string[]): boolean {
  return !without.some(
    (name) => name === strike.kind || (strike.kind === "fault" && name === strike.fault.kind),
  );
}

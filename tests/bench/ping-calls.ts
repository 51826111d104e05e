import { driveCallers, type Round } from "./ping/drive-callers";
import { mintBenchKeys } from "./ping/mint-bench-keys";
import type { BenchStack } from "./open-bench-stack";
import { openPingCaller, type Era, type PingCaller, type PingTarget } from "./ping/open-ping-caller";
import { startBareServer } from "./ping/start-bare-server";

/** How long, how often and with how many it is measured. */
export interface PingPlan {
  readonly eras: readonly Era[];
  /** How many call at the same time, and with how many keys. */
  readonly settings: readonly { readonly connections: number; readonly keys: number }[];
  readonly warmUpMs: number;
  readonly roundMs: number;
  readonly rounds: number;
}

const PLAN: PingPlan = {
  eras: ["2025-11-25", "2026-07-28"],
  settings: [
    { connections: 1, keys: 1 },
    { connections: 10, keys: 10 },
    { connections: 50, keys: 50 },
    // One key's calls are counted in one row, so that they wait for each other.
    { connections: 50, keys: 1 },
  ],
  warmUpMs: 2_000,
  roundMs: 4_000,
  rounds: 5,
};

/**
 * `tools/call ping`, authenticated, limited and audited, against the SDK's own server that does nothing of it: the same
 * connections call each side for as long as they can, in turns.
 */
export async function measurePing(stack: BenchStack, plan: PingPlan = PLAN): Promise<string[]> {
  const bare = await startBareServer((line) => process.stderr.write(`${line}\n`));
  try {
    const keys = await mintBenchKeys(stack, Math.max(...plan.settings.map((setting) => setting.keys)));
    const lines: string[] = [];
    for (const era of plan.eras) {
      const bareUrl = era === "2025-11-25" ? bare.legacyUrl : bare.modernUrl;
      for (const setting of plan.settings) {
        const numbers = Array.from({ length: setting.connections }, (_, number) => number);
        const ours = numbers.map((number) => ({
          url: stack.mcpUrl,
          apiKey: keys[number % setting.keys] ?? "",
        }));
        const theirs = numbers.map(() => ({ url: bareUrl }));
        const rounds = await alternate(era, { ours, theirs }, plan);
        const name = `ping, ${era}, ${setting.connections} connections, ${setting.keys} keys`;
        lines.push(describeRounds(name, rounds));
      }
    }
    return lines;
  } finally {
    await bare.stop();
  }
}

interface Sides<T> {
  readonly ours: T;
  readonly theirs: T;
}

/** Measures both sides in turns, and begins with another one each time. */
async function alternate(
  era: Era,
  targets: Sides<readonly PingTarget[]>,
  { warmUpMs, roundMs, rounds }: PingPlan,
): Promise<Sides<Round>[]> {
  const open = (side: readonly PingTarget[]): Promise<PingCaller[]> =>
    Promise.all(side.map((target) => openPingCaller(era, target)));
  const callers = { ours: await open(targets.ours), theirs: await open(targets.theirs) };
  try {
    await driveCallers(callers.ours, warmUpMs);
    await driveCallers(callers.theirs, warmUpMs);
    const drive = (side: keyof Sides<unknown>): Promise<Round> => driveCallers(callers[side], roundMs);
    const measured: Sides<Round>[] = [];
    while (measured.length < rounds) {
      const isOursFirst = measured.length % 2 === 0;
      const first = await drive(isOursFirst ? "ours" : "theirs");
      const second = await drive(isOursFirst ? "theirs" : "ours");
      measured.push(isOursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first });
    }
    return measured;
  } finally {
    await Promise.all([...callers.ours, ...callers.theirs].map((caller) => caller.close()));
  }
}

function describeRounds(name: string, rounds: readonly Sides<Round>[]): string {
  const median = (read: (round: Sides<Round>) => number): number => {
    const sorted = rounds.map(read).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  const describe = (side: keyof Sides<unknown>): string =>
    `${median((round) => round[side].perSecond).toFixed(0)}/s (p50 ${median((round) => round[side].p50Ms).toFixed(1)} ms, p99 ${median((round) => round[side].p99Ms).toFixed(1)} ms)`;
  const ratios = rounds.map(({ ours, theirs }) => ours.perSecond / theirs.perSecond);
  const ratio = median(({ ours, theirs }) => ours.perSecond / theirs.perSecond);
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  return `${name}: ratio ${ratio.toFixed(2)} (${spread}); ours ${describe("ours")}, bare SDK ${describe("theirs")}`;
}

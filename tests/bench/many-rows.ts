import type { ToolAnswer } from "#server/utils/mcp/call-tool";
import { explainCall } from "./rows/explain-call";
import { openRowDatabases, type RowDatabases } from "./rows/open-row-databases";
import { openRowSide, READERS, type Reader, type RowSide } from "./rows/open-row-side";
import { describeReadKinds, type ReadKind } from "./rows/read-kinds";
import { sampleRows } from "./rows/sample-rows";

const CALLS_PER_ROUND = 20;
const WARM_UP = 20;
// Of one kind in one database; what is slow is asked less often.
const BUDGET_MS = 30_000;
const WARM_UP_BUDGET_MS = 10_000;
const TARGET = 2;
// Searches are ended after 3 s (searching/store.ts), other reads after 15 s (db/client.ts).
const SHORTEST_LIMIT_MS = 2_900;

/** What `measureManyRows` compares, and where. */
export interface ManyRowsOptions {
  /** Rows of the small database and of the large one. */
  readonly small: number;
  readonly large: number;
  /** Keeps the databases from one run to the next; a temporary folder when undefined. */
  readonly dataDir: string | undefined;
  /** Of twenty calls each, in each of the two. */
  readonly rounds: number;
  /** Adds the plans of what takes more than twice as long in the large one. */
  readonly explains: boolean;
}

/** From BENCH_ROWS (the large size), BENCH_DATA_DIR, BENCH_ROUNDS and BENCH_EXPLAIN=1. */
export function readManyRowsOptions(environment: NodeJS.ProcessEnv = process.env): ManyRowsOptions {
  return {
    small: 10_000,
    large: Number(environment["BENCH_ROWS"] ?? 10_000_000),
    dataDir: environment["BENCH_DATA_DIR"],
    rounds: Number(environment["BENCH_ROUNDS"] ?? 20),
    explains: environment["BENCH_EXPLAIN"] === "1",
  };
}

/**
 * How long reading takes in a small database and in a large one, by turns, over the verbs of the server and as the client: the
 * permit, the reading and the audit row of a call, without HTTP.
 */
export async function measureManyRows(options: ManyRowsOptions = readManyRowsOptions()): Promise<string[]> {
  const { small, large, dataDir } = options;
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const databases = await openRowDatabases([small, large], dataDir, log);
  const [smallUrl = "", largeUrl = ""] = databases.urls;
  const sides = [await openRowSide(smallUrl), await openRowSide(largeUrl)] as const;
  try {
    const lines = [`times in ms, p50 / p99 with ${small} and with ${large} rows, and how many times as long`];
    for (const reader of READERS) lines.push(...(await measureReader(databases, sides, reader, options)));
    return lines;
  } finally {
    for (const side of sides) await side.close();
    await databases.stop();
  }
}

type Sides = readonly [RowSide, RowSide];

async function measureReader(
  databases: RowDatabases,
  sides: Sides,
  reader: Reader,
  { rounds, explains }: ManyRowsOptions,
): Promise<string[]> {
  const [ofSmall, ofLarge] = [
    describeReadKinds(await sampleRows(sides[0], reader)),
    describeReadKinds(await sampleRows(sides[1], reader)),
  ];
  const lines: string[] = [];
  for (const [place, small] of ofSmall.entries()) {
    const large = ofLarge[place] ?? small;
    const [smallTimes, largeTimes] = await compare(sides, reader, [small, large], rounds);
    const ratio = largeTimes.p99 / smallTimes.p99;
    const verdict = ratio > TARGET ? "MORE" : "ok";
    const line = `${verdict.padEnd(4)} ${reader.padEnd(5)} ${small.name}: ${show(smallTimes)}, ${show(largeTimes)}, p50 ${(largeTimes.p50 / smallTimes.p50).toFixed(2)}x, p99 ${ratio.toFixed(2)}x`;
    process.stderr.write(`${line}\n`);
    lines.push(line);
    if (explains && ratio > TARGET) {
      lines.push(...(await explainCall(databases, reader, large, largeTimes.slowest)));
    }
  }
  return lines;
}

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
  readonly refused: number;
  /** Which call took longest. */
  readonly slowest: number;
}

async function compare(
  sides: Sides,
  reader: Reader,
  kinds: readonly [ReadKind, ReadKind],
  rounds: number,
): Promise<[Times, Times]> {
  const runs = [createRun(sides[0], reader, kinds[0]), createRun(sides[1], reader, kinds[1])] as const;
  for (const run of runs) await run.go(WARM_UP, "discard");
  for (let round = 0; round < rounds; round += 1) {
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) await run.go(CALLS_PER_ROUND, "keep");
  }
  return [runs[0].read(), runs[1].read()];
}

function createRun(side: RowSide, reader: Reader, kind: ReadKind) {
  const timesMs: number[] = [];
  const slowest = { n: 0, tookMs: 0 };
  let n = 0;
  const spentMs = { keep: 0, discard: 0 };
  let refused = 0;
  return {
    async go(calls: number, what: "keep" | "discard"): Promise<void> {
      const budgetMs = what === "keep" ? BUDGET_MS : WARM_UP_BUDGET_MS;
      for (let call = 0; call < calls && spentMs[what] < budgetMs; call += 1, n += 1) {
        const startMs = performance.now();
        const answer = await side.call(reader, kind.tool, kind.ask(n));
        const tookMs = performance.now() - startMs;
        spentMs[what] += tookMs;
        if (answer.isError) requireTooLong(answer, tookMs);
        if (what === "discard") continue;
        timesMs.push(tookMs);
        if (tookMs > slowest.tookMs) Object.assign(slowest, { n, tookMs });
        if (answer.isError) refused += 1;
      }
    },
    read(): Times {
      const sorted = timesMs.toSorted((a, b) => a - b);
      const at = (part: number): number =>
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
      return { p50: at(0.5), p99: at(0.99), count: sorted.length, refused, slowest: slowest.n };
    },
  };
}

/** A call that the database ended because of its length counts; anything else that is refused is no measurement. */
function requireTooLong({ structuredContent }: ToolAnswer, tookMs: number): void {
  if (tookMs >= SHORTEST_LIMIT_MS) return;
  const { message } = structuredContent.error as { message: string };
  throw new Error(`a call was refused: ${message}`);
}

function show({ p50, p99, count, refused }: Times): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)} of ${count}${refused > 0 ? ` (${refused} ended)` : ""}`;
}

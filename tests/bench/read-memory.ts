import { until } from "#dev/stack/until";
import type { BenchStack } from "./open-bench-stack";

const REPORT_TIMEOUT_MS = 10_000;

/** What a server holds after a collection. */
export interface Memory {
  readonly heapBytes: number;
  /** Timers, sockets and the like that keep it busy, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

let lastNumber = 0;

/** Asks the first server of a stack what it holds. */
export async function readMemory({ server, lines }: BenchStack): Promise<Memory> {
  const number = (lastNumber += 1);
  server.tell({ reportMemory: number });
  return until("the memory report", REPORT_TIMEOUT_MS, async () => {
    const reports = lines.flatMap((line) => /memory (\{.*\})$/.exec(line)?.[1] ?? []);
    return reports
      .map((report) => JSON.parse(report) as Memory & { number: number })
      .find((report) => report.number === number);
  });
}

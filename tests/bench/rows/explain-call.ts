import { setTimeout as pause } from "node:timers/promises";
import type { RowDatabases } from "./open-row-databases";
import { openRowSide, type Reader } from "./open-row-side";
import type { ReadKind } from "./read-kinds";

const WRITTEN_WITHIN_MS = 500;
// A prepared statement may get another plan after its first five times (PostgreSQL, PREPARE).
const WARM_UP = 12;
const WARM_UP_BUDGET_MS = 10_000;
const EXPLAIN_FROM_MS = "3";

/** The plans of the large database for the statements of a call that take long, also of those within functions, with their times and buffers. */
export async function explainCall(
  databases: RowDatabases,
  reader: Reader,
  kind: ReadKind,
  n: number,
): Promise<string[]> {
  const explaining = new URL(databases.urls.at(-1) ?? "");
  const settings = { log_min_duration: EXPLAIN_FROM_MS, log_analyze: "on", log_buffers: "on" };
  for (const [name, value] of Object.entries({ ...settings, log_nested_statements: "on" })) {
    explaining.searchParams.set(`auto_explain.${name}`, value);
  }
  const side = await openRowSide(explaining.href);
  const lines: string[] = [];
  try {
    const startMs = performance.now();
    for (let call = 0; call < WARM_UP && performance.now() - startMs < WARM_UP_BUDGET_MS; call += 1) {
      await side.call(reader, kind.tool, kind.ask(n));
    }
    databases.onLine = (line) => void lines.push(line);
    await side.call(reader, kind.tool, kind.ask(n));
    // The log comes over a pipe of its own.
    await pause(WRITTEN_WITHIN_MS);
  } finally {
    databases.onLine = undefined;
    await side.close();
  }
  return lines;
}

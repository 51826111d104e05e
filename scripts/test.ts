import { startVitest } from "vitest/node";
import { ensureBuilt } from "./ensure-built";

/**
 * Runs every suite on what is built from the working tree. Arguments are filters for test files, as vitest takes them.
 */
async function main(): Promise<void> {
  await ensureBuilt((line) => process.stderr.write(`${line}\n`));
  const filters = process.argv.slice(2);
  const coverage = { enabled: filters.length === 0 };
  const vitest = await startVitest("test", filters, { run: true, watch: false, coverage });
  const tests = vitest.state.getFiles().flatMap((file) => listTests(file));
  const count = (state: string) => tests.filter((test) => test.result?.state === state).length;
  await vitest.close();
  process.stdout.write(`${count("pass")} passed, ${count("fail")} failed, ${count("skip")} skipped\n`);
}

interface Task {
  readonly type: string;
  readonly tasks?: readonly Task[];
  readonly result?: { readonly state: string } | undefined;
}

function listTests(task: Task): Task[] {
  return task.type === "test" ? [task] : (task.tasks ?? []).flatMap(listTests);
}

void main();

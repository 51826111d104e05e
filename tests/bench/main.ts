import { setFlagsFromString } from "node:v8";
import { measureChurn } from "./churn";
import { measureIdleSessions } from "./idle-sessions";
import { openBenchStack, type BenchStack } from "./open-bench-stack";
import { measurePush } from "./push-latency";

// A run-away client must end itself and not the machine.
setFlagsFromString("--max-old-space-size=1024");

const BENCHES: Readonly<Record<string, (stack: BenchStack) => Promise<string[]>>> = {
  push: measurePush,
  idle: measureIdleSessions,
  churn: measureChurn,
};

/** Measures the built server: `pnpm bench [name...]`. Numbers are for reading; nothing passes or fails by them. */
async function main(names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const measure = BENCHES[name];
    if (!measure)
      throw new Error(`there is no bench of that name; there are ${Object.keys(BENCHES).join(", ")}`);
    const stack = await openBenchStack();
    try {
      for (const line of await measure(stack)) process.stdout.write(`${line}\n`);
    } finally {
      await stack.stop();
    }
  }
}

await main(process.argv.slice(2));

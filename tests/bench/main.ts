import { setFlagsFromString } from "node:v8";
import { measureChurn } from "./churn";
import { measureDrain } from "./drain-queue";
import { measureIdleSessions } from "./idle-sessions";
import { measureManyRows } from "./many-rows";
import { openBenchStack, type BenchStack } from "./open-bench-stack";
import { measurePing } from "./ping-calls";
import { measurePush } from "./push-latency";
import { measureWebhookAccept } from "./webhook-accept";

// A run-away client must end itself and not the machine.
setFlagsFromString("--max-old-space-size=1024");

const BENCHES: Readonly<Record<string, () => Promise<string[]>>> = {
  push: () => onStack(measurePush),
  idle: () => onStack(measureIdleSessions),
  churn: () => onStack(measureChurn),
  ping: () => onStack(measurePing),
  accept: () => measureWebhookAccept(),
  drain: () => measureDrain(),
  rows: () => measureManyRows(),
};

/** Measures the built server: `pnpm bench [name...]`. Numbers are for reading; nothing passes or fails by them. */
async function main(names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const measure = BENCHES[name];
    if (!measure)
      throw new Error(`there is no bench of that name; there are ${Object.keys(BENCHES).join(", ")}`);
    for (const line of await measure()) process.stdout.write(`${line}\n`);
  }
}

async function onStack(measure: (stack: BenchStack) => Promise<string[]>): Promise<string[]> {
  const stack = await openBenchStack();
  try {
    return await measure(stack);
  } finally {
    await stack.stop();
  }
}

await main(process.argv.slice(2));

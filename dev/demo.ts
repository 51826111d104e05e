import { defineCommand, runMain } from "citty";
import { ensureBuilt } from "../scripts/ensure-built";
import { checkRoundTrip } from "./check/check-round-trip";
import { describeStack } from "./stack/describe-stack";
import { openDemoStack } from "./stack/open-demo-stack";
import { untilSignal } from "./stack/until-signal";

/** The whole product on one machine: `pnpm demo`. */
const command = defineCommand({
  meta: {
    name: "demo",
    description: "PostgreSQL, Inngest, the simulated phones and the server, on this machine",
  },
  args: {
    check: {
      type: "boolean",
      default: false,
      description: "Play a whole round trip, print each step, exit 0 or 1",
    },
    json: { type: "boolean", default: false, description: "Print one line of JSON on stdout when ready" },
  },
  async run({ args }) {
    const startedMs = performance.now();
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const stopped = untilSignal();
    const built = await ensureBuilt(log);
    const stack = await openDemoStack(built, log);
    const { json, text } = describeStack(stack, built.shimFile);
    log(`ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    let isGood = true;
    try {
      if (args.json) process.stdout.write(`${JSON.stringify(json)}\n`);
      if (args.check) isGood = await checkRoundTrip(stack, built.shimFile, log);
      else {
        if (!args.json) process.stdout.write(text);
        await stopped;
      }
    } finally {
      await stack.stop();
    }
    process.exit(isGood ? 0 : 1);
  },
});

void runMain(command);

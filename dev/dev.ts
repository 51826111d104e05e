import { ensureBuilt } from "../scripts/ensure-built";
import { describeStack } from "./stack/describe-stack";
import { startStack } from "./stack/start-stack";
import { untilSignal } from "./stack/until-signal";

/** The server with reload, on the same local stack as the demo: `pnpm dev`. */
async function main(): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const stopped = untilSignal();
  const { shimFile } = await ensureBuilt(log);
  const stack = await startStack({
    server: {
      file: "node_modules/nitropack/dist/cli/index.mjs",
      args: (port) => ["dev", "--host", "127.0.0.1", "--port", String(port)],
    },
    log,
  });
  try {
    process.stdout.write(describeStack(stack, shimFile).text);
    await stopped;
  } finally {
    await stack.stop();
  }
}

await main();
process.exit(0);

// Preloaded into a server that is measured: `{ reportMemory: n }` over IPC is answered with a line that says what
// it holds after a collection.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

process.on("message", async (message) => {
  if (typeof message?.reportMemory !== "number") return;
  // Twice, with a turn of the loop between: finalizers free what the first one found.
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const { heapUsed, external } = process.memoryUsage();
  const report = { number: message.reportMemory, heapBytes: heapUsed + external, resources };
  process.stdout.write(`memory ${JSON.stringify(report)}\n`);
});
process.channel?.unref();

import { startStack, type Stack } from "#dev/stack/start-stack";
import { createControlClient } from "#simulator/control/create-control-client";
import type { SimulatorControl } from "#simulator/control/simulator-control";
import { ensureBuilt } from "../../scripts/ensure-built";

const REPORT_MEMORY = new URL("./report-memory.mjs", import.meta.url).href;
const LINE_LIMIT = 5_000;

export interface BenchStack extends Stack {
  readonly phones: SimulatorControl;
  /** The last lines that the processes wrote. */
  readonly lines: string[];
}

/** The built server with everything around it, without Meta's limits and with room for many sessions. */
export async function openBenchStack(): Promise<BenchStack> {
  const lines: string[] = [];
  const built = await ensureBuilt((line) => process.stderr.write(`${line}\n`));
  const stack = await startStack({
    server: { file: built.serverFile },
    serverModules: [REPORT_MEMORY],
    serverEnv: {
      PAIR_RATE: "off",
      SERVICE_WINDOW: "off",
      MCP_SESSIONS_PER_KEY: "1000",
      MCP_STREAMS_PER_KEY: "1000",
    },
    simulatorSpeed: 10,
    simulatorSettings: { window: "off", pair_rate: false, throughput_per_second: 0 },
    log: (line) => {
      lines.push(line);
      if (lines.length > LINE_LIMIT) lines.shift();
    },
  });
  return { ...stack, phones: createControlClient(stack.simulatorUrl), lines };
}

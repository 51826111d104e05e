import { startStack, type Stack } from "#dev/stack/start-stack";
import { createControlClient } from "#simulator/control/create-control-client";
import type { SimulatorControl } from "#simulator/control/simulator-control";
import { ensureBuilt } from "../../../scripts/ensure-built";
import type { DrainPlan } from "./drain-plan";

export interface DrainStack extends Stack {
  readonly phones: SimulatorControl;
}

/** The built server as it is deployed, before a Meta that holds its number to its limit; only the 24-hour window is off. */
export async function openDrainStack({ sendsPerSecond, pairRate }: DrainPlan): Promise<DrainStack> {
  const built = await ensureBuilt((line) => process.stderr.write(`${line}\n`));
  const stack = await startStack({
    server: { file: built.serverFile },
    serverEnv: {
      SENDS_PER_SECOND: String(sendsPerSecond),
      PAIR_RATE: pairRate ? "on" : "off",
      SERVICE_WINDOW: "off",
    },
    simulatorSettings: {
      window: "off",
      pair_rate: pairRate,
      throughput_per_second: sendsPerSecond,
    },
    log: (line) => {
      // What is wrong belongs beside the numbers.
      if (/^server: .*\b(warn|error)\b/i.test(line)) process.stderr.write(`${line}\n`);
    },
  });
  return { ...stack, phones: createControlClient(stack.simulatorUrl) };
}

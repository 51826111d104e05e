import { inject } from "vitest";
import { createControlClient } from "#simulator/control/create-control-client";
import type { SimulatorControl } from "#simulator/control/simulator-control";
import type { StackOptions } from "#dev/stack/stack-options";
import { startStack, type Stack } from "#dev/stack/start-stack";
import { ensureBuilt } from "../../../scripts/ensure-built";

export interface TestStack extends Stack {
  readonly phones: SimulatorControl;
  readonly shimFile: string;
  /** What the processes wrote. */
  readonly lines: string[];
}

export type TestStackOptions = Partial<
  Pick<StackOptions, "serverEnv" | "serverModules" | "servers" | "adminUrl" | "inngestKeys">
>;

/** The built server, or several, with Inngest, the simulator and a database, for one test file. Meta's limits are off. */
export async function openTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const lines: string[] = [];
  const built = await ensureBuilt(() => {});
  const stack = await startStack({
    adminUrl: inject("postgresUrl"),
    ...options,
    serverEnv: { PAIR_RATE: "off", SERVICE_WINDOW: "off", ...options.serverEnv },
    server: { file: built.serverFile },
    simulatorSpeed: 10,
    simulatorSettings: { window: "off", pair_rate: false, throughput_per_second: 0 },
    log: (line) => lines.push(line),
  });
  const phones = createControlClient(stack.simulatorUrl);
  return { ...stack, phones, shimFile: built.shimFile, lines };
}

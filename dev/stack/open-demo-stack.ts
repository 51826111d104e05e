import { createControlClient } from "#simulator/control/create-control-client";
import type { Built } from "../../scripts/ensure-built";
import { startStack, type Stack } from "./start-stack";

/** The stack of the demo: the built server, and people to write to. */
export async function openDemoStack(
  built: Pick<Built, "serverFile">,
  log: (line: string) => void,
): Promise<Stack> {
  const stack = await startStack({
    server: { file: built.serverFile },
    // Meta lets a business write first only with a template; in the demo it may just begin.
    simulatorSettings: { window: "off" },
    log,
  });
  try {
    const phones = createControlClient(stack.simulatorUrl);
    await phones.putContact({ wa_id: "16505551234", name: "Ada" });
    await phones.putContact({ wa_id: "491511234567", name: "Björn" });
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

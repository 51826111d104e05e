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
    log,
  });
  try {
    const phones = createControlClient(stack.simulatorUrl);
    await phones.putContact({ wa_id: "16505551234", name: "Ada" });
    await phones.putContact({ wa_id: "491511234567", name: "Björn" });
    // A business may write first only with a template. Ada has written, so that she can be answered at once.
    await phones.sendFromPerson("16505551234", { type: "text", text: { body: "Hello, are you there?" } });
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

import { createControlClient } from "#simulator/control/create-control-client";
import type { Stack } from "../stack/start-stack";
import { connectHttp, connectStdio } from "./connect-client";
import { createReporter } from "./create-reporter";
import { playConversation } from "./play-conversation";

/** What the product promises for a notification, on a machine that has nothing else to do. */
const NOTIFIED_WITHIN_MS = 1_000;

/**
 * Plays the round trip against a running stack as a user would: over HTTP, and through the shim over stdio.
 * Prints each step with its time.
 *
 * @returns whether every step held
 */
export async function checkRoundTrip(
  stack: Stack,
  shimFile: string,
  log: (line: string) => void,
  notifiedWithinMs = NOTIFIED_WITHIN_MS,
): Promise<boolean> {
  const report = createReporter(log);
  const phones = createControlClient(stack.simulatorUrl);
  try {
    for (const [name, connect] of [
      ["http", () => connectHttp(stack)],
      ["stdio", () => connectStdio(stack, shimFile)],
    ] as const) {
      const client = await report.step(`${name}: connect`, connect);
      try {
        await playConversation({ name, client, phones, stack, step: report.step, notifiedWithinMs });
      } finally {
        await client.close();
      }
    }
  } catch (error) {
    log(error instanceof Error ? `failed: ${error.message}` : "failed");
    return false;
  }
  log(`the round trip holds: ${report.count()} steps`);
  return true;
}

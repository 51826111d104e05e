import { openRawSession } from "./raw-session";
import { readMemory } from "./read-memory";
import type { BenchStack } from "./open-bench-stack";

const SESSIONS = 500;
const WARM_UP = 50;

/** What a session of the 2025 era costs that has subscribed, streams, and hears nothing. */
export async function measureIdleSessions(stack: BenchStack): Promise<string[]> {
  // What the first sessions load and compile stays, and is not theirs.
  for (let number = 0; number < WARM_UP; number += 1) await (await openRawSession(stack)).end();
  const before = await readMemory(stack);
  const stop = new AbortController();
  for (let number = 0; number < SESSIONS; number += 1) {
    const session = await openRawSession(stack);
    await session.call("resources/subscribe", { uri: "wamcp://inbox" });
    await session.stream(stop.signal);
  }
  const held = await readMemory(stack);
  stop.abort();
  const bytes = (held.heapBytes - before.heapBytes) / SESSIONS;
  return [`${SESSIONS} idle sessions with a stream each: ${(bytes / 1000).toFixed(1)} kB a session`];
}

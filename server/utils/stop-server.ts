import type { Server } from "node:http";
import type { App } from "./app";
import { describeError } from "./log";

// Docker kills after 10 s, so together they stay below that. Streams end and calls that wait answer at once; most of the time is
// for steps that Inngest has begun, because a send that is cut off leaves a message uncertain.
const GIVE_UP_STREAMS_MS = 1_000;
const DRAIN_MS = 6_000;
const CLOSE_MS = 2_000;
const IDLE_SWEEP_MS = 100;

/**
 * Stops the server: no new connections, event streams closed, waiting calls of both eras released with what they have, requests in
 * flight finished, background work ended. Sessions stay, for the other processes. Bounded:
 * whatever is left then is in the database and is picked up by the next process.
 */
export async function stopServer(server: Server, app: App, signal: string): Promise<void> {
  app.log.info(`${signal}: stopping`);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Keep-alive sockets of a proxy would otherwise hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  app.exchanges.drain();
  await Promise.race([drain(app), delay(GIVE_UP_STREAMS_MS)]);
  await Promise.race([closed, delay(DRAIN_MS)]);
  clearInterval(sweep);
  server.closeAllConnections();
  try {
    await Promise.race([app.close(), delay(CLOSE_MS)]);
  } catch (error) {
    app.log.warn("stopping was not clean:", describeError(error));
  }
  process.exit(0);
}

async function drain({ sessions, log }: App): Promise<void> {
  // Without the database their leases run out.
  await sessions
    .drain()
    .catch((error: unknown) => log.warn("streams were not given up:", describeError(error)));
}

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref();
  });
}

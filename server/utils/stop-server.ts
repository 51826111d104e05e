import type { Server } from "node:http";
import type { App } from "./app";
import { describeError } from "./log";

// Docker kills after 10 s; what is in flight has most of that.
const DRAIN_MS = 7_000;
const CLOSE_MS = 2_000;
const IDLE_SWEEP_MS = 100;

/**
 * Stops the server: no new connections, event streams closed, requests in flight finished, background work ended. Bounded:
 * whatever is left then is in the database and is picked up by the next process.
 */
export async function stopServer(server: Server, app: App, signal: string): Promise<void> {
  app.log.info(`${signal}: stopping`);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Keep-alive sockets of a proxy would otherwise hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  await app.sessions.close();
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

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref();
  });
}

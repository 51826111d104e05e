import type { Server, ServerResponse } from "node:http";
import type { App } from "../app";
import { leaveProxy } from "./leave-proxy";
import { describeError } from "../log";
import { takeShortTurn } from "./take-short-turn";

// Docker kills after 10 s, so together they stay below that, and STOP_MS holds where a busy machine stretches them. Streams end and
// calls that wait answer at once; most of the time is for steps that Inngest has begun, because a send that is cut off leaves a
// message uncertain. LEAVE_MS is longer than nginx keeps a connection that it does not use (deploy/nginx/conf.d/upstream.conf).
const LEAVE_MS = 3_000;
const GIVE_UP_STREAMS_MS = 1_000;
const DRAIN_MS = 2_500;
const CLOSE_MS = 2_000;
const STOP_MS = 9_000;
const IDLE_SWEEP_MS = 100;
const IDLE_LIMIT_MS = 50;

/**
 * Stops the server: no new connections, event streams closed, waiting calls of both eras released with what they have, requests in
 * flight finished, background work ended. Sessions stay, for the other processes. Bounded:
 * whatever is left then is in the database and is picked up by the next process.
 *
 * @param answers those that are not finished: see `track-answers.ts`
 */
export async function stopServer(
  server: Server,
  answers: Iterable<ServerResponse>,
  app: App,
  signal: string,
): Promise<void> {
  app.log.info(`${signal}: stopping`);
  setTimeout(() => process.exit(0), STOP_MS).unref();
  const { closed, turnAway } = await leaveProxy(server, answers);
  // Until a proxy has used up or given up the connections that it keeps. Streams go on so long, because who loses one comes back
  // at once and should meet another server.
  await Promise.race([closed, delay(LEAVE_MS)]);
  turnAway();
  await closeIdle(server);
  const sweep = setInterval(() => void closeIdle(server), IDLE_SWEEP_MS);
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

// Node calls idle what it has read no request from; a busy moment is none for that, and the next one comes soon.
async function closeIdle(server: Server): Promise<void> {
  if (await takeShortTurn(IDLE_LIMIT_MS)) server.closeIdleConnections();
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

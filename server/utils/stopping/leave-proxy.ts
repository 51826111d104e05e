import type { Server, ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import { takeShortTurn } from "./take-short-turn";

// Node takes in one connection per turn of its loop; after this many turns without one none waits.
const SILENT_TURNS = 3;
const TAKE_IN_LIMIT_MS = 1_000;

/** A server on its way out. */
export interface Leaving {
  /** Resolves when the last connection has ended. */
  readonly closed: Promise<void>;
  /** From now on whoever comes back is to meet another server. */
  turnAway(): void;
}

/**
 * Makes a proxy go elsewhere without losing a request. New connections are refused, which is safe to repeat elsewhere. Kept ones
 * serve on, and each is closed with the answer that it carries: one that is closed while it is silent may cross with a request, and
 * then nobody knows whether that was received.
 *
 * @param answers those that are not finished
 */
export async function leaveProxy(server: Server, answers: Iterable<ServerResponse>): Promise<Leaving> {
  await takeInWaiting(server);
  let isTurningAway = false;
  // An answer that has begun cannot say any more that it is the last, and a proxy takes its connection for the next request at once:
  // that request's answer says it. A stream that is ended is another matter: its reader would come back over that connection.
  const closeAfter = (answer: ServerResponse): void => {
    if (!answer.headersSent) return void answer.setHeader("connection", "close");
    const { socket } = answer;
    answer.once("finish", () => {
      if (isTurningAway) socket?.destroySoon();
    });
  };
  // Not its own `close`, which also cuts connections that were accepted and have not been read from.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  server.prependListener("request", (_request, response) => closeAfter(response));
  for (const answer of answers) closeAfter(answer);
  return {
    closed,
    turnAway() {
      isTurningAway = true;
    },
  };
}

// Closing the listening socket resets the connections that the kernel has accepted and Node has not.
async function takeInWaiting(server: Server): Promise<void> {
  let silentTurns = 0;
  const onConnection = (): void => void (silentTurns = 0);
  server.on("connection", onConnection);
  await takeShortTurn(TAKE_IN_LIMIT_MS, () => {
    silentTurns += 1;
    return silentTurns > SILENT_TURNS;
  });
  server.off("connection", onConnection);
}

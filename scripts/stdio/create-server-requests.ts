import type { RequestId } from "./classify-message";

/** Requests of the server (elicitation, sampling, roots) that the host has not answered yet. */
export interface ServerRequests {
  /** A request came in on the response to `origin`, or on the standing stream (`undefined`). */
  add(id: RequestId, origin: object | undefined): void;
  /** The host answers: true when the server still waits for it. */
  take(id: RequestId): boolean;
  /** The server no longer waits: tells the host to drop those of `origin`, or all without one. */
  retract(origin?: object): Promise<void>;
}

/**
 * Creates the list. A restarted server counts its request ids from the start again, so an old answer
 * could be taken for the answer to a new question, a confirmation for example. That is why the host is
 * told to cancel what nobody waits for, and why its late answers are dropped.
 */
export function createServerRequests(write: (text: string) => Promise<void>): ServerRequests {
  const waiting = new Map<RequestId, object | undefined>();
  return {
    add: (id, origin) => void waiting.set(id, origin),
    take: (id) => waiting.delete(id),
    async retract(origin) {
      for (const [requestId, from] of waiting) {
        if (origin !== undefined && from !== origin) continue;
        waiting.delete(requestId);
        const params = { requestId, reason: "The connection to the server was lost." };
        await write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params }));
      }
    },
  };
}

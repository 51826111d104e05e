import type { H3Event } from "h3";

/** Resets the caller's connection without an answer, as a crashed proxy does. */
export function cutConnection(event: H3Event): void {
  event._handled = true;
  event.node.req.socket.resetAndDestroy();
}

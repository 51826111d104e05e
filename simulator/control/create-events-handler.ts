import { defineEventHandler, type EventHandler } from "h3";
import type { ServerResponse } from "node:http";
import type { EventBus } from "../core/event-bus";
import { writeAnswer } from "../http/write-answer";
import { guardLoopback } from "./guard-loopback";

const BUFFER_LIMIT_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 15_000;

/**
 * `GET /control/events`: what happens, as server-sent events. Written to node's response by hand, because h3 v1's own
 * stream helper does not notice that a reader has gone.
 */
export function createEventsHandler(bus: EventBus): EventHandler {
  return defineEventHandler((event) => {
    event._handled = true;
    try {
      guardLoopback(event);
    } catch {
      writeAnswer(event, 403, {}, "");
      return;
    }
    stream(event.node.res, bus);
  });
}

function stream(res: ServerResponse, bus: EventBus): void {
  res.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  res.write("retry: 500\n\n");
  const send = (text: string) => {
    // A reader that does not keep up is dropped; it comes back and reads the state anew.
    if (res.writableLength > BUFFER_LIMIT_BYTES) res.destroy();
    else res.write(text);
  };
  const unsubscribe = bus.subscribe(({ seq, type, at, data }) =>
    send(`id: ${seq}\ndata: ${JSON.stringify({ seq, type, at, data })}\n\n`),
  );
  const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_MS);
  res.once("close", () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}

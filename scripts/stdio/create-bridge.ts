import { classifyMessage, type Message } from "./classify-message";
import { createChannel } from "./create-channel";
import { createHandshake } from "./create-handshake";
import { createUpstream, type UpstreamOptions } from "./create-upstream";
import { errorReply } from "./error-reply";
import { forwardRequest, type Forwarding } from "./forward-request";
import { forwardUnanswered } from "./forward-unanswered";
import { parseJson } from "./parse-json";
import type { ChannelSettings } from "./read-channel-settings";
import { shimErrors } from "./shim-errors";

/** Carries messages between a host and the server. */
export interface Bridge {
  /** Takes one line from the host. */
  receive(line: string): void;
  /** Resolves when everything taken so far is dealt with. */
  settle(): Promise<void>;
  /** Stops and ends the session, in a bounded time. */
  close(): Promise<void>;
}

/** What {@link createBridge} needs. */
export interface BridgeOptions extends UpstreamOptions {
  /** Present when messages are to be pushed into the host's session. */
  readonly channel?: ChannelSettings;
}

/**
 * Creates the bridge. The handshake goes in order: what follows `initialize` waits for its answer, and
 * what follows `notifications/initialized` waits for that. Everything else goes side by side.
 */
export function createBridge(options: BridgeOptions): Bridge {
  const { write, log, waitMs } = options;
  const upstream = createUpstream(options);
  const to: Forwarding = { upstream, waitMs, write, log };
  const channel = options.channel && createChannel({ settings: options.channel, upstream, write, log });
  const handshake = createHandshake(to, channel);
  const active = new Set<Promise<void>>();

  const dispatch = (text: string, message: Message): Promise<void> => {
    if (message.kind === "request" && message.method === "initialize")
      return handshake.initialize(text, message);
    if (message.kind === "request") return forwardRequest(to, text, message, handshake.done());
    if (message.kind === "notification" && message.method === "notifications/initialized") {
      return handshake.confirm(text, message);
    }
    const taken = message.kind === "notification" ? channel?.take(message) : undefined;
    return taken ?? forwardUnanswered(to, text, message, handshake.done());
  };

  const take = (value: unknown, text: string): Promise<void> => {
    if (value === undefined) return write(errorReply(null, shimErrors.parse("the line is not JSON.")));
    const message = classifyMessage(value);
    if (message !== undefined) return dispatch(text, message);
    return write(errorReply(null, shimErrors.invalidRequest("the line is not JSON-RPC 2.0.")));
  };

  return {
    receive(line) {
      const parsed = parseJson(line);
      // Protocol versions before 2025-06-18 allow a batch; its parts are answered one by one.
      const isBatch = Array.isArray(parsed) && parsed.length > 0;
      for (const value of isBatch ? parsed : [parsed]) {
        const task = take(value, isBatch ? JSON.stringify(value) : line)
          // A fault of the shim's own must not end the conversation.
          .catch((error: unknown) => log(`A message could not be handled (${nameOf(error)}).`))
          .finally(() => active.delete(task));
        active.add(task);
      }
    },
    settle: async () => void (await Promise.all(active)),
    close: () => {
      channel?.stop();
      return upstream.close();
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

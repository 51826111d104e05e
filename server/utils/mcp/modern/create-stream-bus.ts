import type { ServerEvent, ServerEventBus } from "@modelcontextprotocol/server";

/** The events of one listen stream. */
export interface StreamBus extends ServerEventBus {
  /** Whether the stream has begun and not ended. */
  readonly isOpen: boolean;
}

/**
 * Carries events to one listen stream. The SDK's own bus serves all streams of a handler and filters by address only, and
 * `wamcp://inbox` is every tenant's. What happens before the stream has begun is told right after its acknowledgement.
 *
 * @param onClosed called when the stream has ended, whoever ended it
 */
export function createStreamBus(onClosed: () => void): StreamBus {
  const early = new Map<string, ServerEvent>();
  let listener: ((event: ServerEvent) => void) | undefined;
  let hasBegun = false;
  return {
    get isOpen() {
      return listener !== undefined;
    },
    publish(event) {
      if (listener) listener(event);
      else if (!hasBegun) early.set("uri" in event ? event.uri : event.kind, event);
    },
    subscribe(stream) {
      hasBegun = true;
      listener = stream;
      for (const event of early.values()) stream(event);
      early.clear();
      return () => {
        if (!listener) return;
        listener = undefined;
        onClosed();
      };
    },
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import type { NotificationMessage } from "./classify-message";
import { createPermissionRelay, type PermissionRelay } from "./create-permission-relay";
import { createToolCaller } from "./create-tool-caller";
import type { Upstream } from "./create-upstream";
import { describeChannelEvent } from "./describe-channel-event";
import { followMessages, type InboundMessage } from "./follow-messages";
import { introduceChannel } from "./introduce-channel";
import type { ChannelSettings } from "./read-channel-settings";
import { writeNotification } from "./write-notification";

/** Pushes messages into a Claude Code session. */
export interface Channel {
  /** Tells the host, in the answer to `initialize`, that there is a channel. */
  introduce(line: string): string;
  /** Begins to push what comes from now on; once. */
  start(): void;
  /** Takes a notification of the host that is meant for the channel: `undefined` when it is not. */
  take(message: NotificationMessage): Promise<void> | undefined;
  stop(): void;
}

/** What {@link createChannel} needs. */
export interface ChannelOptions {
  readonly settings: ChannelSettings;
  readonly upstream: Pick<Upstream, "ask">;
  write(text: string): Promise<void>;
  log(line: string): void;
}

/** Creates the {@link Channel}. Messages of contacts who are not allowed are not pushed. */
export function createChannel({ settings, upstream, write, log }: ChannelOptions): Channel {
  const { allow, number, owner } = settings;
  const stop = new AbortController();
  const callTool = createToolCaller(upstream);
  const relay: PermissionRelay | undefined =
    owner === undefined
      ? undefined
      : createPermissionRelay({ owner, callTool, write, log, ...(number !== undefined && { number }) });
  let isStarted = false;

  const push = async (message: InboundMessage): Promise<void> => {
    if (await relay?.settle(message)) return;
    // For information only: it must not wake anybody.
    if (message.standby === true) return;
    const contactId = String(message.contact_id);
    if (allow !== "*" && !allow.has(contactId)) {
      return log(`Not pushed: contact ${contactId} is not on WAMCP_CHANNEL_ALLOW.`);
    }
    const { content, meta } = describeChannelEvent(message);
    await write(writeNotification("notifications/claude/channel", { content, meta }));
  };

  const run = async (): Promise<void> => {
    const refusal = await followMessages({
      callTool,
      filter: number === undefined ? {} : { phone_number_id: number },
      since: "now",
      signal: stop.signal,
      onMessage: push,
      pause: async (ms, signal) => void (await sleep(ms, undefined, { signal }).catch(() => undefined)),
      log,
    });
    if (refusal !== undefined) log(`The channel has ended: ${refusal}`);
  };

  return {
    introduce: (line) => introduceChannel(line, settings),
    start() {
      if (isStarted) return;
      isStarted = true;
      // A fault of the channel's own must not end the conversation.
      run().catch((error: unknown) =>
        log(`The channel has ended (${error instanceof Error ? error.name : "?"}).`),
      );
    },
    take: ({ method, params }) =>
      method === "notifications/claude/channel/permission_request" ? relay?.ask(params) : undefined,
    stop: () => stop.abort(),
  };
}

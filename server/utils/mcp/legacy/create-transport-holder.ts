import type { Principal } from "../../auth/principal";
import type { McpRequest } from "../mcp-request";
import { refuseRest } from "./answers/refuse-rest";
import { sendRest } from "./answers/send-rest";
import {
  openLegacyTransport,
  type LegacyTransport,
  type LegacyTransportOptions,
} from "./open-legacy-transport";
import { replayInitialize } from "./replay-initialize";

export interface TransportHolderOptions extends LegacyTransportOptions {
  /** Whether it is saying it now, or did so before. */
  readonly isNew: boolean;
}

/** The SDK's half of a session, which is made when it is needed: a stream of notifications does without. */
export interface TransportHolder {
  readonly isBusy: boolean;
  /** Answers a POST. Requests that come at the same time share one transport. */
  post(request: McpRequest, principal: Principal, signal: AbortSignal): Promise<Response>;
  /** Answers a GET with the rest of an answer that began on another connection. */
  resume(request: McpRequest, principal: Principal, signal: AbortSignal): Promise<Response>;
  /** Forgets answers from before this time. */
  forgetAnswers(before: Date): void;
  close(): Promise<void>;
}

/** Makes the transport at the first request, and has it hear what the client said first. */
export function createTransportHolder(options: TransportHolderOptions): TransportHolder {
  let { isNew } = options;
  let opening: Promise<LegacyTransport> | undefined;
  let opened: LegacyTransport | undefined;
  let isClosed = false;
  const open = async (principal: Principal): Promise<LegacyTransport> => {
    const transport = await openLegacyTransport(options);
    if (!isNew) await replayInitialize(transport, principal, options);
    isNew = false;
    opened = transport;
    if (isClosed) await transport.close();
    return transport;
  };
  return {
    get isBusy() {
      return opened?.isBusy ?? opening !== undefined;
    },
    async post(request, principal, signal) {
      opening ??= open(principal).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return (await opening).handle(request, principal, signal);
    },
    async resume(request, principal, signal) {
      const eventId = request.web.headers.get("last-event-id") ?? "";
      const rest = opened?.answers.readRest(eventId) ?? "gone";
      if (opened && rest === "open") return opened.handle(request, principal, signal);
      if (typeof rest === "object") return sendRest(options.sessionId, rest);
      // Come to its end: the SDK's client asks for more after an error, and stops at this.
      return refuseRest(rest === "over" ? "" : eventId);
    },
    forgetAnswers: (before) => opened?.answers.forget(before),
    async close() {
      isClosed = true;
      await opened?.close();
    },
  };
}

import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import type { McpRequest } from "../mcp-request";
import type { McpSurface } from "../surface";

/** Why the server ended an exchange: its key, what that may read, or the server itself. */
export type EndReason = "key_ended" | "reach_changed" | "stopping";

/** One request of a 2026-era client, while it is being answered. */
export interface ModernExchange {
  readonly kind: "call" | "listen";
  /** As of the last time that its access was looked at. */
  readonly principal: Principal;
  /** Undefined while the server has not ended it. */
  readonly endReason: EndReason | undefined;
  /** The answer, or a status of 499 when there is none because it was ended, or its client left. */
  answer(): Promise<Response>;
  /** Replaces what the key may do, from now on. */
  setPrincipal(principal: Principal): void;
  /** Brings it to its end because the server stops: a stream with its final result, a call that waits with what it has. */
  release(): void;
  /** Ends it at once: a stream with its final result, a call without one. */
  end(reason: EndReason): void;
}

export interface ModernExchangeOptions {
  readonly system: SystemContext;
  readonly surface: McpSurface;
  readonly request: McpRequest;
  readonly principal: Principal;
  /** Told once, when nothing of it is left. */
  readonly onOver: () => void;
}

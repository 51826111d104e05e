import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import type { McpRequest } from "../mcp-request";
import type { McpSurface } from "../surface";

/** One request of a 2026-era client, while it is being answered. */
export interface ModernExchange {
  readonly kind: "call" | "listen";
  /** As of the last time that its access was looked at. */
  readonly principal: Principal;
  answer(): Promise<Response>;
  /** Replaces what the key may do, from now on. */
  setPrincipal(principal: Principal): void;
  /** Ends it at once: a stream with its final result, a call without one. */
  end(): void;
}

export interface ModernExchangeOptions {
  readonly system: SystemContext;
  readonly surface: McpSurface;
  readonly request: McpRequest;
  readonly principal: Principal;
  /** Told once, when nothing of it is left. */
  readonly onOver: () => void;
}

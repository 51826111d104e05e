import type { RpcAnswer } from "#tests/helpers/server/open-mcp-session";

/** A client of one era, connected. */
export interface Wire {
  ask(method: string, params: Record<string, unknown>): Promise<RpcAnswer>;
  /** Asks to be told of changes of these addresses. */
  follow(uris: readonly string[]): Promise<void>;
  /** Every message that came without being asked for, as text. */
  readonly heard: readonly string[];
  end(): Promise<void>;
}

/** What a tool answered. */
export interface ToolAnswer {
  readonly isError: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A connected client of either era. */
export interface SmokeClient {
  listTools(): Promise<string[]>;
  callTool(name: string, args: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** What the steps of a smoke test share. */
export interface SmokeContext {
  /** `PUBLIC_URL`. */
  readonly url: string;
  /** Whom to write to, in any form that a tool takes; undefined leaves sending out. */
  readonly to: string | undefined;
  /** From which number, by Meta's id; the key's only one when undefined. */
  readonly from: string | undefined;
  readonly deliverWithinS: number;
  /** How long to wait for an answer; undefined asks for none. */
  readonly replyWithinS: number | undefined;
  readonly legacy: () => Promise<SmokeClient>;
  readonly modern: () => Promise<SmokeClient>;
  /** What the sending step leaves for the one that waits. */
  readonly sent: { conversationId?: string; cursor?: string };
}

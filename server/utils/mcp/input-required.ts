import type { JsonObject } from "./client-link";

/**
 * Thrown to end a call with a question to the client, which then makes the same call again with the answer (MCP 2026-07-28,
 * multi round-trip requests). It is a result and no failure.
 */
export class InputRequired extends Error {
  override readonly name = "InputRequired";

  /**
   * @param inputRequests the questions, by names of our own
   * @param requestState what the client brings back unread
   * @param messageId the message that the questions are about
   */
  constructor(
    readonly inputRequests: JsonObject,
    readonly requestState: string,
    readonly messageId?: string,
  ) {
    super("The call needs an answer first.");
  }
}

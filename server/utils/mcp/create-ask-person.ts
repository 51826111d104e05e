import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";
import type { AskPerson } from "../../context";

// Shorter than the 5 minutes after which common hosts give up a silent call; who needs longer is asked by the owner.
const ANSWER_TIMEOUT_MS = 4 * 60_000;

/** Asks through elicitation (MCP 2025-06-18 and later), on the stream of the very call that wants to know. */
export function createAskPerson(extra: RequestHandlerExtra<ServerRequest, ServerNotification>): AskPerson {
  return async (question) => {
    try {
      const answer = await extra.sendRequest(
        {
          method: "elicitation/create",
          // Nothing to fill in: accept, decline or cancel is the whole answer.
          params: { mode: "form", message: question, requestedSchema: { type: "object", properties: {} } },
        },
        ElicitResultSchema,
        { timeout: ANSWER_TIMEOUT_MS, signal: extra.signal },
      );
      return answer.action;
    } catch {
      // No answer, or a client that promised more than it can do: the question stays open for the owner.
      return "cancel";
    }
  };
}

import { toAppError } from "../errors";
import { describeError, type Log } from "../log";
import { toProtocolError } from "./to-protocol-error";

/**
 * What a client is told of a failure: nothing but what was written for it. The SDKs would put the message of any error on the
 * wire. What is ours to mend is logged.
 */
export function describeFailure(thrown: unknown, log: Log): Error {
  if (thrown instanceof Error && "code" in thrown && Number.isSafeInteger(thrown.code)) return thrown;
  const error = toAppError(thrown);
  if (error.code === "internal") log.error("an MCP request failed:", describeError(thrown));
  return toProtocolError(error);
}

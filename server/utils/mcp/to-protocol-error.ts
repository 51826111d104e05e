import type { AppError } from "../errors";
import { ProtocolError } from "./protocol-error";

/** The protocol's error for a request that is no tool call, where nothing but code and message reaches the caller. */
export function toProtocolError({ code, message, retryAfterSeconds }: AppError): ProtocolError {
  if (code === "rate_limited") {
    return new ProtocolError(-32603, `${message} Try again in ${retryAfterSeconds ?? 60} s.`);
  }
  return new ProtocolError(code === "unavailable" || code === "internal" ? -32603 : -32602, message);
}

import { INTERNAL_ERROR, INVALID_PARAMS } from "@modelcontextprotocol/server";
import type { AppError } from "../../errors";

/** Answers a listen request with an error instead of a stream, as the SDK refuses one. */
export function refuseInBand(id: string | number | null, error: AppError): Response {
  const { code, message, advice, retryable, retryAfterSeconds } = error;
  const rpcCode = code === "invalid_arguments" ? INVALID_PARAMS : INTERNAL_ERROR;
  const data = {
    code,
    retryable,
    ...(retryAfterSeconds === undefined ? {} : { retry_after_s: retryAfterSeconds }),
    ...(advice ? { advice } : {}),
  };
  return Response.json({ jsonrpc: "2.0", id, error: { code: rpcCode, message, data } });
}

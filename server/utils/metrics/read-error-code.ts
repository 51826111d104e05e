import * as v from "valibot";
import type { ErrorCode } from "../errors";

// By code, so that one that is missing here is an error of types.
const CODES: Record<ErrorCode, true> = {
  unauthorized: true,
  forbidden: true,
  not_found: true,
  invalid_arguments: true,
  conflict: true,
  window_closed: true,
  rate_limited: true,
  payload_too_large: true,
  number_paused: true,
  unavailable: true,
  internal: true,
};

const RefusalSchema = v.object({
  isError: v.literal(true),
  structuredContent: v.object({ error: v.object({ code: v.string() }) }),
});

/** The code of a tool call's result that is an error; anything else than our own codes is `internal`. */
export function readErrorCode(result: unknown): ErrorCode | undefined {
  if ((result as { isError?: unknown }).isError !== true) return undefined;
  const refusal = v.safeParse(RefusalSchema, result);
  const code = refusal.success ? refusal.output.structuredContent.error.code : "";
  return Object.hasOwn(CODES, code) ? (code as ErrorCode) : "internal";
}

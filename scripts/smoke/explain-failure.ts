import { describeNetworkError } from "../checks/describe-network-error";

/** Why a call over MCP failed, without what was asked. */
export function explainFailure(error: unknown): string {
  const status = /\bHTTP (\d{3})\b|\b(4\d\d|5\d\d)\b/.exec(error instanceof Error ? error.message : "");
  const code = error instanceof Error && "code" in error ? error.code : (status?.[1] ?? status?.[2]);
  if (String(code) === "401") return "the key is refused (401)";
  if (typeof code === "number" || (typeof code === "string" && /^\d+$/.test(code)))
    return `it answers ${code}`;
  return describeNetworkError(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

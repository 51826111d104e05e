import type { Message } from "./classify-message";
import { isRecord } from "./is-record";
import type { ToolCatalogue } from "./create-tool-catalogue";

/**
 * Whether a message may be sent again after the server may have acted on it. Everything may, except a
 * call of a tool that does more than read and carries no `idempotency_key` (with one, the server answers
 * the repetition with the first result).
 */
export async function isRepeatable(
  message: Message,
  catalogue: Pick<ToolCatalogue, "isReadOnly">,
): Promise<boolean> {
  if (message.kind !== "request" || message.method !== "tools/call") return true;
  const { name, arguments: args } = message.params;
  if (isRecord(args) && typeof args.idempotency_key === "string" && args.idempotency_key !== "") return true;
  return typeof name === "string" && (await catalogue.isReadOnly(name));
}

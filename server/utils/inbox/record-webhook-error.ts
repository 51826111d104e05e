import type { SystemContext } from "../context";
import { asText } from "../meta/json";
import type { WebhookElement } from "../meta/webhook-elements";
import { stableId } from "../stable-id";
import { insertAuditOnce, type InboxBody } from "./store";

/**
 * Notes what Meta says about an account or a number as a whole (`value.errors`): its code in the audit log and in the log,
 * and none of its words. Once, however often the body is handled.
 */
export async function recordWebhookError(
  { database, log }: Pick<SystemContext, "database" | "log">,
  body: InboxBody,
  { raw, path }: WebhookElement,
  phoneNumberId: string | undefined,
): Promise<undefined> {
  const code = Number(asText(raw.code) ?? Number.NaN);
  const errorCode = Number.isSafeInteger(code) ? String(code) : "unknown";
  const isNew = await insertAuditOnce(database.system, {
    id: stableId(body.receivedAt, body.id, path),
    at: body.receivedAt,
    actor: "system",
    action: "webhook.error",
    outcome: "failed",
    errorCode,
    phoneNumberId: phoneNumberId ?? null,
    detail: { inbox_id: body.id },
  });
  if (isNew) log.warn("Meta reports an error by webhook; code", errorCode, "number", phoneNumberId ?? "none");
}

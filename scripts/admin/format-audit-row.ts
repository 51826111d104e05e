import type { AuditRow } from "#server/utils/admin/audit/store";
import { formatTime } from "./format-time";

/** A line of the record for people: when, who, what, how it ended, and which ids it touched. */
export function formatAuditRow(row: AuditRow): string {
  const { at, actor, action, outcome, errorCode } = row;
  const touched = [
    ["client", row.clientId],
    ["key", row.apiKeyId],
    ["number", row.phoneNumberId],
    ["conversation", row.conversationId],
    ["message", row.messageId],
    ["request", row.requestId],
    ["detail", row.detail && JSON.stringify(row.detail)],
  ].flatMap(([name, value]) => (value ? [`${name}=${value}`] : []));
  return [formatTime(at), actor, action, outcome, errorCode, ...touched].filter(Boolean).join(" ");
}

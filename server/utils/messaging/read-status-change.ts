import type { StatusUpdate } from "../meta/status-update";
import type { MessageRow } from "./sending/store";
import { climb, type MessageStatus } from "./status-ladder";

/** What a report can change. */
export type StatusChange = Partial<
  Pick<
    MessageRow,
    | "wamid"
    | "uncertainAt"
    | "claimExpiresAt"
    | "nextAttemptAt"
    | "sentAt"
    | "deliveredAt"
    | "readAt"
    | "playedAt"
    | "failedAt"
    | "error"
  >
> & { readonly status: MessageStatus };

type Report = Pick<StatusUpdate, "wamid" | "status" | "occurredAt" | "error">;

/**
 * The change that a report of Meta's makes to a message's row. Any report, even one with a word that nobody
 * here knows, proves that Meta took the message, whether or not its answer ever reached us: from then on it is
 * not sent again.
 */
export function readStatusChange(message: MessageRow, report: Report): StatusChange {
  const current = message.status as MessageStatus;
  const status = climb(climb(current, "accepted"), report.status);
  return {
    status,
    wamid: message.wamid ?? report.wamid,
    uncertainAt: null,
    claimExpiresAt: null,
    nextAttemptAt: null,
    ...readTimestamp(message, report.status, report.occurredAt),
    ...(status === "failed" && report.error ? { error: report.error } : {}),
    ...(status !== "failed" && status !== current ? { error: null } : {}),
  };
}

// The first time counts: Meta repeats reports with the same time, several devices with later ones.
function readTimestamp(message: MessageRow, status: string, at: Date): Partial<StatusChange> {
  switch (status) {
    case "sent":
      return { sentAt: message.sentAt ?? at };
    case "delivered":
      return { deliveredAt: message.deliveredAt ?? at };
    case "read":
      return { readAt: message.readAt ?? at };
    case "played":
      return { playedAt: message.playedAt ?? at };
    case "failed":
      return { failedAt: message.failedAt ?? at };
    default:
      return {};
  }
}

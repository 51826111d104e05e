import type { StatusUpdate } from "../meta/status-update";
import type { MessageRow } from "./sending/store";
import { climbStatus } from "./climb-status";
import type { MessageStatus } from "./message-status";

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
  // An older attempt failed, which Meta had taken after all: of the one that counts it says nothing.
  const isOfOther = message.wamid !== null && message.wamid !== report.wamid;
  if (report.status === "failed" && isOfOther) return { status: current };
  const status = climbStatus(climbStatus(current, "accepted"), report.status);
  return {
    status,
    wamid: message.wamid ?? report.wamid,
    uncertainAt: null,
    claimExpiresAt: null,
    nextAttemptAt: null,
    ...readTimestamp(message, report.status, report.occurredAt),
    ...readError(message, report, status !== current),
  };
}

// Meta's report of a failure stays, whatever else is reported: it failed on one device and arrived on another. What we
// noted ourselves while nobody knew is over with the first report that moves the message.
function readError(message: MessageRow, report: Report, hasMoved: boolean): Pick<StatusChange, "error"> {
  if (report.status === "failed") {
    const isFirst = !message.failedAt || report.occurredAt < message.failedAt;
    return report.error && (isFirst || !message.error) ? { error: report.error } : {};
  }
  return hasMoved && !message.failedAt ? { error: null } : {};
}

// The earliest by Meta's time counts, whichever came first: several devices report, and Meta repeats itself.
function readTimestamp(message: MessageRow, status: string, at: Date): Partial<StatusChange> {
  const earliest = (known: Date | null): Date => (known && known < at ? known : at);
  switch (status) {
    case "sent":
      return { sentAt: earliest(message.sentAt) };
    case "delivered":
      return { deliveredAt: earliest(message.deliveredAt) };
    case "read":
      return { readAt: earliest(message.readAt) };
    case "played":
      return { playedAt: earliest(message.playedAt) };
    case "failed":
      return { failedAt: earliest(message.failedAt) };
    default:
      return {};
  }
}

import type { Transaction } from "#db/client";
import { metaWord } from "../meta-word";
import { findStatus, listStatusEvents, type StatusEvent } from "./statuses/store";

/** Where a message stands and how it got there. */
export interface StatusReport {
  readonly status: string;
  readonly history: StatusReportEntry[];
}

export interface StatusReportEntry {
  readonly status: string;
  readonly at: string;
  readonly error?: Record<string, unknown>;
}

/** What a report is about. */
export interface ReportedMessage {
  readonly phoneNumberId: string;
  readonly conversationId: string;
  readonly report: StatusReport;
}

/** Reads where a message stands; undefined for one that is not the caller's. */
export async function readStatusReport(
  tx: Transaction,
  messageId: string,
  phoneNumberIds: readonly string[],
): Promise<ReportedMessage | undefined> {
  const message = phoneNumberIds.length > 0 ? await findStatus(tx, messageId, phoneNumberIds) : undefined;
  if (!message) return undefined;
  const { status, phoneNumberId, conversationId } = message;
  const events = await listStatusEvents(tx, messageId);
  return { phoneNumberId, conversationId, report: { status, history: events.map(describeEvent) } };
}

function describeEvent({ status, occurredAt, error }: StatusEvent): StatusReportEntry {
  return { status: metaWord(status, "other"), at: occurredAt.toISOString(), ...(error ? { error } : {}) };
}

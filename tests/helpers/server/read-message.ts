import type { TestContext } from "./create-test-context";

/** A message's row, as far as tests look at it. */
export interface MessageState {
  readonly id: string;
  readonly status: string;
  readonly wamid: string | null;
  readonly attempts: number;
  readonly position: number;
  readonly error: Record<string, unknown> | null;
  readonly conversation_id: string;
  readonly contact_id: string;
  readonly reply_to_wamid: string | null;
  readonly next_attempt_at: Date | null;
  readonly claim_expires_at: Date | null;
  readonly uncertain_at: Date | null;
  readonly expires_at: Date | null;
  readonly accepted_at: Date | null;
  readonly sent_at: Date | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
  readonly failed_at: Date | null;
}

export async function readMessage({ sql }: TestContext, id: string): Promise<MessageState> {
  const [row] = await sql<MessageState[]>`select *, position::int as position from messages where id = ${id}`;
  if (!row) throw new Error("there is no such message");
  return row;
}

/** The statuses in a message's history, oldest first. */
export async function readHistory({ sql }: TestContext, id: string): Promise<string[]> {
  const rows = await sql<{ status: string }[]>`
    select status from message_events where message_id = ${id} order by id`;
  return rows.map(({ status }) => status);
}

// Meta takes it for 30 days; an hour less, because it is told later than it is asked for.
const LIMIT_MS = 30 * 24 * 60 * 60_000 - 60 * 60_000;

/** Whether Meta still takes it that a message was read. */
export function canMarkRead(message: { wamid: string | null; occurredAt: Date }, now: Date): boolean {
  return message.wamid !== null && now.getTime() - message.occurredAt.getTime() < LIMIT_MS;
}

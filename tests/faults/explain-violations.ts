import type { Sql } from "postgres";
import type { Violation } from "./oracle/evidence";
import type { ExplainedViolation } from "./report";

const UUID = /^[0-9a-f-]{36}$/;
const EXPLAINED = 20;

/** Adds to each violation what the server remembers of the message: ids, statuses and reasons, not a word of it. */
export async function explainViolations(
  sql: Sql,
  violations: readonly Violation[],
): Promise<ExplainedViolation[]> {
  const explained: ExplainedViolation[] = [];
  for (const [index, violation] of violations.entries()) {
    const isMessage = index < EXPLAINED && UUID.test(violation.id);
    explained.push({ ...violation, history: isMessage ? await readHistory(sql, violation.id) : [] });
  }
  return explained;
}

async function readHistory(sql: Sql, id: string): Promise<string[]> {
  const rows = await sql<{ at: string; status: string; detail: string | null; reason: string | null }[]>`
    select created_at::text as at, status, detail::text, error ->> 'reason' as reason
    from message_events where message_id = ${id} order by created_at, id`;
  return rows.map(({ at, status, detail, reason }) => [at, status, detail, reason].filter(Boolean).join(" "));
}

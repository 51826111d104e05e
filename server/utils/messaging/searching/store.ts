import { sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { AppError } from "../../errors";

export interface SearchFilter {
  readonly terms: readonly string[];
  readonly phoneNumberIds: readonly string[];
  readonly conversationId: string | undefined;
  readonly contactId: string | undefined;
  readonly direction: "inbound" | "outbound" | undefined;
  readonly type: string | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  /** The last hit of the page before. */
  readonly after: SearchHit | undefined;
  readonly limit: number;
}

export interface SearchHit {
  readonly messageId: string;
  /** Whether it holds the terms as whole words. */
  readonly isWhole: boolean;
}

// What is rare is found in milliseconds; this is for what has to be looked for message by message.
const LIMIT_SECONDS = 3;
// "statement timeout" (PostgreSQL, appendix A: query_canceled).
const TIMED_OUT = "57014";

/**
 * Messages of the calling client that hold every term, the best first.
 *
 * @throws AppError `invalid_arguments` when that takes too long: the same search would again
 */
export async function findMessages(tx: Transaction, filter: SearchFilter): Promise<SearchHit[]> {
  await tx.execute(sql`select set_config('statement_timeout', ${`${LIMIT_SECONDS}s`}, true)`);
  try {
    return await runSearch(tx, filter);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof Error && "code" in cause && cause.code === TIMED_OUT)) throw error;
    throw new AppError("invalid_arguments", `The search took longer than ${LIMIT_SECONDS} s and was ended.`, {
      advice: "Narrow it: conversation_id, contact, phone_number_id or since, and longer or rarer words.",
      details: { field: "query", limit: "seconds", value: LIMIT_SECONDS },
      cause: error,
    });
  }
}

async function runSearch(tx: Transaction, filter: SearchFilter): Promise<SearchHit[]> {
  const { conversationId, contactId, direction, type, since, until, after, limit } = filter;
  const rows = await tx.execute<{ message_id: string; is_whole: boolean }>(sql`
    select message_id, is_whole from search_messages(
      ${arrayOf(filter.terms)}::text[], ${arrayOf(filter.phoneNumberIds)}::uuid[],
      ${conversationId ?? null}::uuid, ${contactId ?? null}::uuid, ${direction ?? null}::text, ${type ?? null}::text,
      ${since?.toISOString() ?? null}::timestamptz, ${until?.toISOString() ?? null}::timestamptz,
      ${after?.isWhole ?? null}::boolean, ${after?.messageId ?? null}::uuid, ${limit}::integer)`);
  return rows.map((row) => ({ messageId: row.message_id, isWhole: row.is_whole }));
}

function arrayOf(values: readonly string[]): SQL {
  return sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]`;
}

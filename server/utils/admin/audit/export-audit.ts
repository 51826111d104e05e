import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { selectAuditPage, type AuditPlace, type AuditRow } from "./store";

/** Which part of the record is meant. */
export interface ExportAuditInput {
  /** By id or name; everybody when left out. */
  readonly client?: string | undefined;
  readonly since?: Date | undefined;
  /** Up to here, and without it. */
  readonly until?: Date | undefined;
  /** How many lines are held in memory at once. */
  readonly pageSize?: number;
}

const PAGE_SIZE = 500;

/**
 * The record from its beginning on, page by page: however long it is, one page is in memory.
 *
 * @throws AppError `not_found`
 */
export async function* exportAudit(
  ctx: AdminContext,
  { client, since, until, pageSize = PAGE_SIZE }: ExportAuditInput,
): AsyncGenerator<readonly AuditRow[]> {
  const tx = ctx.database.system;
  const clientId = client === undefined ? undefined : (await requireClient(tx, client)).id;
  let after: AuditPlace | undefined;
  for (;;) {
    const { rows, last } = await selectAuditPage(tx, { clientId, since, until }, after, pageSize);
    if (rows.length > 0) yield rows;
    if (rows.length < pageSize) return;
    after = last;
  }
}

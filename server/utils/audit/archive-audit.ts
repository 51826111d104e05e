import type { SystemContext } from "../context";
import { recordAudit } from "./record-audit";
import { deleteAuditRows, listAuditRowsBefore, lockArchive } from "./store";
import { writeArchiveFile } from "./write-archive-file";

const BATCH = 5_000;
// A first run over a large log goes on the next day; each run stays short.
const BATCHES_PER_RUN = 20;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Moves rows that are older than the configured number of days from the audit log into files of JSON lines. A row leaves the
 * log only after its file is on disk. Whatever breaks off in between, the next run writes the same file again.
 *
 * @returns how many rows and files
 */
export async function archiveAudit(ctx: SystemContext): Promise<{ rows: number; files: number }> {
  const { keepDays, archiveDir } = ctx.config.audit;
  const done = { rows: 0, files: 0 };
  if (keepDays === 0) return done;
  const before = new Date(ctx.clock.now().getTime() - keepDays * DAY_MS);
  while (done.files < BATCHES_PER_RUN) {
    const count = await archiveBatch(ctx, before, archiveDir);
    if (count === 0) break;
    done.rows += count;
    done.files += 1;
  }
  if (done.rows > 0) {
    await recordAudit(ctx.database.system, {
      at: ctx.clock.now(),
      actor: "system",
      action: "audit.archived",
      outcome: "ok",
      detail: { ...done, before: before.toISOString() },
    });
  }
  return done;
}

async function archiveBatch(ctx: SystemContext, before: Date, dir: string): Promise<number> {
  return ctx.database.asArchiver(async (tx) => {
    if (!(await lockArchive(tx))) return 0;
    const rows = await listAuditRowsBefore(tx, before, BATCH);
    if (rows.length === 0) return 0;
    await writeArchiveFile(dir, rows);
    await deleteAuditRows(
      tx,
      rows.map(({ id }) => id),
    );
    return rows.length;
  });
}

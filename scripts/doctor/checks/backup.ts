import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DoctorCheck } from "../doctor-check";

const HOUR_MS = 3_600_000;
// A nightly backup, and what it may be late.
const WARN_AFTER_MS = 26 * HOUR_MS;
const FAIL_AFTER_MS = 50 * HOUR_MS;
const SEE = "docs/operations/backups.md";

/** The newest backup is from last night. */
export const backup: DoctorCheck = {
  id: "backup",
  title: "Backup",
  needs: [],
  async run({ env, around }) {
    const folder = env.BACKUP_DIR;
    if (!folder)
      return {
        status: "skipped",
        says: "BACKUP_DIR is not set here: whether there are backups cannot be seen.",
      };
    const newestMs = await findNewest(folder);
    const mend =
      "systemctl status whatsapp-mcp-backup.timer, then systemctl start whatsapp-mcp-backup.service and read its log.";
    if (newestMs === undefined)
      return { status: "failed", says: "There is no backup in BACKUP_DIR.", mend, see: SEE };
    const ageMs = around.now().getTime() - newestMs;
    const hours = Math.max(0, Math.round(ageMs / HOUR_MS));
    if (ageMs <= WARN_AFTER_MS) return { status: "ok", says: `The newest is ${hours} h old.` };
    const status = ageMs > FAIL_AFTER_MS ? "failed" : "warning";
    return { status, says: `The newest is ${hours} h old.`, mend, see: SEE };
  },
};

// Each is a folder, and its list of sums is written last (deploy/backup); one that is still being written begins with a dot.
async function findNewest(folder: string): Promise<number | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith("."));
  const times = await Promise.all(
    names.map((name) =>
      stat(join(folder, name, "SHA256SUMS")).then(
        ({ mtimeMs }) => [mtimeMs],
        () => [],
      ),
    ),
  );
  return times.flat().length === 0 ? undefined : Math.max(...times.flat());
}

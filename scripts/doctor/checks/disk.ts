import type { DoctorCheck } from "../doctor-check";
import { combineFindings } from "../combine-findings";
import type { DoctorContext } from "../doctor-context";
import type { Finding } from "../../checks/finding";

const GIB = 1024 ** 3;
const FAIL_BYTES = GIB;
const WARN_BYTES = 5 * GIB;
const WARN_SHARE = 0.1;

/**
 * The disks have room. `/` stands for the database too: in a container of the same host it is on the disk where the engine
 * keeps its volumes.
 */
export const disk: DoctorCheck = {
  id: "disk",
  title: "Room on the disks",
  needs: [],
  async run(ctx) {
    const { media, audit } = ctx.config;
    const folders = {
      MEDIA_ROOT: media.root,
      AUDIT_ARCHIVE_DIR: audit.archiveDir,
      BACKUP_DIR: ctx.env.BACKUP_DIR,
    };
    const named = Object.entries({ ...folders, "/": "/" });
    const findings = await Promise.all(
      named.map(async ([name, folder]) => (folder ? measure(ctx, name, folder) : [])),
    );
    return combineFindings(findings.flat(), "There is room on all of them.");
  },
};

async function measure({ around }: DoctorContext, name: string, folder: string): Promise<Finding[]> {
  // Folders are made when something is stored in them.
  const space = await around.readSpace(folder).catch(() => undefined);
  if (!space) return [];
  const { freeBytes, totalBytes } = space;
  if (freeBytes >= WARN_BYTES && freeBytes >= totalBytes * WARN_SHARE) return [];
  return [
    {
      status: freeBytes < FAIL_BYTES ? "failed" : "warning",
      says: `${name} has ${(freeBytes / GIB).toFixed(1)} GiB left.`,
      mend: "Find what is large (docker system df, du -xh --max-depth=2 /), prune images, shorten the KEEP_DAYS settings, or enlarge the disk.",
      see: "docs/operations/incidents.md",
    },
  ];
}

import type { ReportProgress } from "../context";
import type { ClientLink } from "./client-link";

/** Reports progress to a client that asked for it; undefined for one that did not. */
export function createProgress({ progressToken, notify }: ClientLink): ReportProgress | undefined {
  if (progressToken === undefined) return undefined;
  return (progress, total, message) => {
    const params = { progressToken, progress, message, ...(total === undefined ? {} : { total }) };
    // Whoever has left needs no progress.
    notify("notifications/progress", params).catch(() => {});
  };
}

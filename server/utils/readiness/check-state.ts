/** How one part is. `code` says why it is not ok, and nothing that is anybody's secret. */
export interface CheckState {
  readonly state: "ok" | "degraded" | "failed";
  readonly code?: string;
}

import type { Config } from "../config";
import { inspectToken } from "../meta/inspect-token";
import { TOKEN_CODES } from "../meta/token-codes";
import type { CheckState } from "./check-state";

const ok: CheckState = { state: "ok" };
// Neither is mended by another process: what is queued waits.
const degraded = (code: string): CheckState => ({ state: "degraded", code });

/** Whether Meta takes the access token. */
export async function checkGraphToken(
  { graph, meta }: Pick<Config, "graph" | "meta">,
  timeoutMs: number,
): Promise<CheckState> {
  const inspection = await inspectToken({ ...graph, timeoutMs }, meta.accessToken);
  if (inspection.kind === "unreachable") return degraded("graph_unreachable");
  if (inspection.kind === "refused")
    return degraded(TOKEN_CODES.has(inspection.code) ? "token_refused" : "graph_refused");
  return inspection.report.isValid ? ok : degraded("token_invalid");
}

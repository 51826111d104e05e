import type { GraphCall } from "./graph-calls";
import type { SendError } from "./send-outcome";

/** What the outcomes of a send and of an upload have in common. */
interface Outcome {
  readonly kind: "accepted" | "uploaded" | "retry" | "failed" | "refused" | "uncertain";
  readonly error?: SendError;
}

/** How a send or an upload ended. */
export function judgeOutcome({ kind, error }: Outcome): GraphCall["outcome"] {
  if (kind === "uploaded") return "accepted";
  if (kind === "refused") return "failed";
  return kind === "retry" && error?.needsHuman ? "needs_person" : kind;
}

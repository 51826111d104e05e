import { explainSendError } from "./explain-send-error";
import type { GraphCall } from "./graph-calls";

const OUTCOMES = { safe: "retry", human: "needs_person", ambiguous: "retry", final: "failed" } as const;

/** How a call ended that may be made twice, by Graph's status and Meta's code. */
export function judgeAnswer(
  answer: { readonly httpStatus: number; readonly code: number | undefined } | undefined,
): GraphCall["outcome"] {
  if (!answer) return "no_answer";
  const { httpStatus, code } = answer;
  if (code !== undefined) return OUTCOMES[explainSendError(code, httpStatus).class];
  if (httpStatus < 400) return "accepted";
  return httpStatus >= 500 || httpStatus === 429 ? "retry" : "failed";
}

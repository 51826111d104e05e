import { ERROR_ADVICE } from "./error-advice";
import { explainSendError } from "./explain-send-error";
import { asText, type JsonObject } from "./json";
import type { SendError } from "./send-outcome";

/** The error of a `failed` status in our words. The message is over then, whatever the code would mean in an answer. */
export function explainStatusError(error: JsonObject): SendError {
  const code = Number(asText(error.code));
  if (!Number.isFinite(code)) return { reason: "Meta reported a failure", advice: ERROR_ADVICE.unknown };
  const { class: errorClass, reason, advice, backoff, alerts } = explainSendError(code);
  const overAdvice = { final: advice, human: ERROR_ADVICE.owner_final };
  return {
    code,
    reason,
    advice:
      errorClass === "final" || errorClass === "human" ? overAdvice[errorClass] : ERROR_ADVICE.again_later,
    backoff,
    ...(errorClass === "human" ? { needsHuman: true } : {}),
    ...(alerts ? { alerts: true } : {}),
  };
}

import { AppError } from "../../errors";
import type { EndReason } from "./modern-exchange";

/** What a client is told whose request was ended before it had an answer. */
export function explainEnd(reason: EndReason): AppError {
  switch (reason) {
    case "key_ended":
      return new AppError("unauthorized", "This API key is no longer good.", {
        advice: "Ask the owner of this server for a new key.",
      });
    case "reach_changed":
      return new AppError("unavailable", "What this key may read has just changed.", {
        advice: "Listen again.",
        retryAfterSeconds: 1,
      });
    case "stopping":
      return new AppError("unavailable", "This server is stopping.", {
        advice: "Come again.",
        retryAfterSeconds: 1,
      });
  }
}

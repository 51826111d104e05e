import { AppError } from "../../errors";

/** There is no such webhook body. */
export function bodyNotFound(): AppError {
  return new AppError("not_found", "There is no webhook body with this id.", {
    advice: '"inbox list" shows those that could not be handled in full.',
  });
}

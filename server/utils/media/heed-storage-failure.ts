import { raiseAlert } from "../alerts/raise-alert";
import type { SystemContext } from "../context";
import { describeError } from "../log";
import type { MediaFailure } from "./media-failure";

const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;

/** Says in the log, and has the owner told, that the disk takes no files; of any other failure nothing. Never throws. */
export async function heedStorageFailure(
  { clock, database, log }: Pick<SystemContext, "clock" | "database" | "log">,
  { reason, more }: MediaFailure,
): Promise<void> {
  if (reason !== "storage") return;
  const code = typeof more.code === "string" && CODE.test(more.code) ? more.code : "UNKNOWN";
  log.error("files cannot be kept or read; code", code);
  try {
    await raiseAlert(database.system, { kind: "storage", state: code }, clock.now());
  } catch (error) {
    log.warn("the owner could not be told:", describeError(error));
  }
}

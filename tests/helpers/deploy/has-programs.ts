import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { isRequiredProgram } from "./is-required-program";

/**
 * Whether all of these programs are installed. Those that are not are named, because the tests that need them do not run.
 *
 * @throws Error when one of them has to be there (WAMCP_REQUIRE_PROGRAMS, which .ci/run sets)
 */
export function hasPrograms(...names: readonly string[]): boolean {
  const missing = names.filter((name) => !isInstalled(name));
  const required = missing.filter(isRequiredProgram);
  if (required.length > 0) throw new Error(`not found, and has to be there: ${required.join(", ")}`);
  if (missing.length > 0) {
    process.stderr.write(`NOT TESTED: ${missing.join(", ")} missing; .ci/run installs them where apt can\n`);
  }
  return missing.length === 0;
}

function isInstalled(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Whether a module, by its `import.meta.url`, is the script that was started. */
export function isMain(moduleUrl: string): boolean {
  const script = process.argv[1];
  // Node names the script as it was called and the module by its real path.
  return script !== undefined && realpathSync(script) === fileURLToPath(moduleUrl);
}

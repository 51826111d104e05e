import process from "node:process";
import { loadEnvFile } from "../load-env-file";
import { runSmoke } from "./run-smoke";

// The entry of dist/wamcp-smoke.mjs: the only file here that touches the process.
const { argv, env, stdout, stderr } = process;
if (loadEnvFile()) {
  const exitCode = await runSmoke(argv.slice(2), { env, stdout, stderr });
  // A step that gave up may still hold a connection.
  stdout.write("", () => process.exit(exitCode));
} else {
  stderr.write("wamcp-smoke: The file .env cannot be read. Mend it, or run this in another folder.\n");
  process.exitCode = 1;
}

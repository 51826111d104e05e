import process from "node:process";
import { loadEnvFile } from "../load-env-file";
import { runDoctor } from "./run-doctor";

// The entry of dist/wamcp-doctor.mjs: the only file here that touches the process.
const { argv, env, stdout, stderr } = process;
if (loadEnvFile()) {
  const exitCode = await runDoctor(argv.slice(2), { env, stdout, stderr });
  // A check that gave up may still hold a connection.
  stdout.write("", () => process.exit(exitCode));
} else {
  stderr.write("wamcp-doctor: The file .env cannot be read. Mend it, or run this in another folder.\n");
  process.exitCode = 1;
}

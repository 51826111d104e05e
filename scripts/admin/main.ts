import process from "node:process";
import { loadEnvFile } from "../load-env-file";
import { runAdmin } from "./run-admin";

// The entry of dist/wamcp-admin.mjs: the only file here that touches the process.
const stop = new AbortController();
// What watches or writes at length ends by itself; anything else is ended.
const STOP_MS = 1_000;
for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.once(name, () => {
    stop.abort();
    setTimeout(() => process.exit(130), STOP_MS).unref();
  });
}
// Whoever reads may have seen enough: `audit export | head`.
process.stdout.on("error", () => process.exit(0));
process.stderr.on("error", () => {});

const { argv, env, stdin, stdout, stderr } = process;
if (loadEnvFile()) {
  process.exitCode = await runAdmin(argv.slice(2), { env, stdin, stdout, stderr, signal: stop.signal });
} else {
  stderr.write("wamcp-admin: The file .env cannot be read. Mend it, or run this in another folder.\n");
  process.exitCode = 1;
}

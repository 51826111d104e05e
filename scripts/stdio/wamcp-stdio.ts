import process from "node:process";
import { runCli } from "./run-cli";

// The entry of dist/wamcp-stdio.mjs: the only file here that touches the process.
const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => stop.abort());
// A host that closes stderr must not end the bridge.
process.stderr.on("error", () => undefined);

const { env, stdin, stdout, stderr } = process;
const code = await runCli({ argv: process.argv.slice(2), env, stdin, stdout, stderr, signal: stop.signal });
// Idle connections to the server would keep the process for some seconds.
process.exit(code);

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import getPort from "get-port";
import { RETRY_INTERVAL_SECONDS, TEST_KEYS, type EngineHandle } from "./engine-handle";
import { runProcess } from "./run-process";
import { untilHealthy } from "./until-healthy";

/** Start a real `inngest` binary: `inngest dev`, or `inngest start` with keys. It keeps its state in memory. */
export async function startReal(binary: string, mode: "dev" | "keyed"): Promise<EngineHandle> {
  const [port, gateway, gatewayRpc, executorRpc, debug] = await Promise.all(
    Array.from({ length: 5 }, () => getPort({ host: "127.0.0.1" })),
  );
  const args = [mode === "dev" ? "dev" : "start", "--host", "127.0.0.1", "--port", String(port)];
  args.push("--retry-interval", String(RETRY_INTERVAL_SECONDS));
  if (mode === "dev") args.push("--no-discovery", "--no-poll", "--tick", "20");
  else args.push("--signing-key", TEST_KEYS.signingKey, "--event-key", TEST_KEYS.eventKey);
  // `inngest start` puts its SQLite files into the working directory.
  const cwd = await mkdtemp(join(tmpdir(), "inngest-real-"));
  const env = {
    DO_NOT_TRACK: "1",
    // Fixed ports by default, which would let only one server run at a time.
    INNGEST_CONNECT_GATEWAY_PORT: String(gateway),
    INNGEST_CONNECT_GATEWAY_GRPC_PORT: String(gatewayRpc),
    INNGEST_CONNECT_EXECUTOR_GRPC_PORT: String(executorRpc),
    INNGEST_DEBUG_API_PORT: String(debug),
  };
  const child = runProcess(resolve(binary), args, { cwd, env });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child);
  return {
    kind: "real",
    mode,
    url,
    ...(mode === "keyed" ? { keys: TEST_KEYS } : {}),
    pid: child.pid,
    cleanups: [],
    async stop() {
      await child.end("SIGTERM");
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

import { resolve } from "node:path";
import getPort from "get-port";
import { RETRY_INTERVAL_SECONDS, TEST_KEYS, type EngineHandle } from "./engine-handle";
import { runProcess, type RunningProcess } from "./run-process";
import { untilHealthy } from "./until-healthy";

const MAIN = resolve("dev/inngest/main.ts");

/** The embedded engine as a process of its own, so that it can be killed. */
export interface EmbeddedHandle extends EngineHandle {
  readonly process: RunningProcess;
  kill(): Promise<void>;
}

/** Start the embedded engine on a database. */
export async function startEmbedded(options: {
  databaseUrl: string;
  mode?: "dev" | "keyed";
  port?: number;
  sdkUrls?: readonly string[];
}): Promise<EmbeddedHandle> {
  const port = options.port ?? (await getPort({ host: "127.0.0.1" }));
  const mode = options.mode ?? "dev";
  const args = ["--port", String(port), "--database-url", options.databaseUrl];
  args.push("--retry-interval", String(RETRY_INTERVAL_SECONDS));
  for (const url of options.sdkUrls ?? []) args.push("--sdk-url", url);
  const env: Record<string, string> =
    mode === "keyed"
      ? { INNGEST_SIGNING_KEY: TEST_KEYS.signingKey, INNGEST_EVENT_KEY: TEST_KEYS.eventKey }
      : {};
  const child = runProcess(process.execPath, ["--import", "tsx", MAIN, ...args], { env });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child);
  return {
    kind: "embedded",
    mode,
    url,
    ...(mode === "keyed" ? { keys: TEST_KEYS } : {}),
    pid: child.pid,
    cleanups: [],
    process: child,
    stop: async () => void (await child.end("SIGTERM")),
    kill: async () => void (await child.end("SIGKILL")),
  };
}

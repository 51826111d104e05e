import getPort from "get-port";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "#dev/stack/start-child";
import { until } from "#dev/stack/until";
import { bundleProgram } from "../../../scripts/bundle-program";

const START_TIMEOUT_MS = 20_000;

/** The SDKs' own servers, in a process of their own. */
export interface BareServer {
  readonly legacyUrl: string;
  readonly modernUrl: string;
  stop(): Promise<void>;
}

/** Bundles and starts them on a free loopback port. */
export async function startBareServer(log: (line: string) => void): Promise<BareServer> {
  const folder = await mkdtemp(join(tmpdir(), "wamcp-bare-"));
  const file = join(folder, "bare.mjs");
  await bundleProgram({ entry: "tests/bench/ping/bare/main.ts", file });
  const port = await getPort({ host: "127.0.0.1" });
  const origin = `http://127.0.0.1:${port}`;
  const child = startChild({
    name: "bare server",
    file,
    args: ["--port", String(port)],
    env: { NODE_ENV: "production" },
    restart: false,
    log,
  });
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until("the bare server", START_TIMEOUT_MS, async () =>
      (await fetch(origin)).status === 404 ? true : undefined,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { legacyUrl: `${origin}/legacy`, modernUrl: `${origin}/modern`, stop };
}

import { setTimeout as delay } from "node:timers/promises";
import { createSignal } from "./queue/signal";
import { sendJson } from "./executor/send-json";
import type { Signer } from "./signature";

/** How apps are kept registered. */
export interface SyncOptions {
  sdkUrls: readonly string[];
  signer: Signer | undefined;
  log(line: string): void;
}

/** The running synchronisation. */
export interface Sync {
  soon(): void;
  close(): Promise<void>;
}

const MISSING_RETRY_MS = 500;
const RESYNC_MS = 5000;
const TIMEOUT_MS = 5000;

/**
 * Ask each app to register (`PUT` on its handler makes the SDK post its functions to `/fn/register`), until it does
 * and then every five seconds, so that a changed function is known without a restart of the engine.
 */
export function startSync(options: SyncOptions): Sync {
  const loops = options.sdkUrls.map((url) => startLoop(url, options));
  return {
    soon: () => loops.forEach((loop) => loop.soon()),
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
    },
  };
}

function startLoop(url: string, options: SyncOptions): Sync {
  const signal = createSignal();
  const stop = new AbortController();
  let last = "";
  const turn = async (): Promise<boolean> => {
    const problem = await register(url, options.signer);
    if (problem !== last)
      options.log(problem === "" ? `registered ${url}` : `waiting for ${url}: ${problem}`);
    last = problem;
    return problem === "";
  };
  const loop = (async () => {
    while (!stop.signal.aborted) {
      const registered = await turn();
      if (stop.signal.aborted) return;
      if (registered) await signal.wait(RESYNC_MS);
      // Calls that fail meanwhile must not hurry the attempts on.
      await delay(registered ? MISSING_RETRY_MS / 5 : MISSING_RETRY_MS);
    }
  })();
  return {
    soon: () => signal.raise(),
    async close() {
      stop.abort();
      signal.raise();
      await Promise.race([loop, delay(MISSING_RETRY_MS, undefined, { ref: false })]);
    },
  };
}

async function register(url: string, signer: Signer | undefined): Promise<string> {
  const headers: Record<string, string> = signer
    ? { "x-inngest-signature": signer.sign("") }
    : { "x-inngest-server-kind": "dev" };
  try {
    const answer = await sendJson("PUT", url, { body: "", headers, timeoutMs: TIMEOUT_MS });
    return answer.status === 200 ? "" : `status ${answer.status} ${answer.body.slice(0, 200)}`;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}

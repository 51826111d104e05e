import { Inngest } from "inngest";
import type { Config } from "../config";
import type { Log } from "../log";

export const INNGEST_APP_ID = "wamcp";

/** The connection to Inngest. Everything is passed explicitly, so that the SDK reads no environment. */
export function createInngestClient(config: Config["inngest"], log: Log): Inngest {
  const { dev, baseUrl, eventKey, signingKey, signingKeyFallback } = config;
  const isUrl = dev !== undefined && /^https?:\/\//.test(dev);
  return new Inngest({
    id: INNGEST_APP_ID,
    isDev: dev !== undefined && dev !== "0",
    ...(isUrl ? { baseUrl: dev } : baseUrl ? { baseUrl } : {}),
    ...(eventKey ? { eventKey } : {}),
    ...(signingKey ? { signingKey } : {}),
    ...(signingKeyFallback ? { signingKeyFallback } : {}),
    // A lost checkpoint has run steps twice (inngest-js 1511); every verb here is safe to run again, and a
    // run of one step gains nothing from it.
    checkpointing: false,
    logger: log,
  });
}

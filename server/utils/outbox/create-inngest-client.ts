import { Inngest } from "inngest";
import type { Config } from "../config";
import { describeError, type Log } from "../log";

const INNGEST_APP_ID = "wamcp";

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
    logger: createInngestLogger(log),
  });
}

/** What the SDK logs, without the messages of errors: those of a database hold the parameters of its queries. */
function createInngestLogger(log: Log): Log {
  const clean = (args: unknown[]): unknown[] =>
    args.map((arg) => (typeof arg === "string" ? arg : describeValue(arg)));
  const pass =
    (level: "debug" | "info" | "warn" | "error") =>
    (...args: unknown[]): void =>
      log[level]("inngest:", ...clean(args));
  return { debug: pass("debug"), info: pass("info"), warn: pass("warn"), error: pass("error") } as Log;
}

function describeValue(value: unknown): string {
  if (value instanceof Error) return describeError(value);
  const nested = typeof value === "object" && value !== null && "err" in value ? value.err : undefined;
  return nested instanceof Error ? describeError(nested) : "";
}

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/node";
import { vi } from "vitest";
import type { EngineHandle } from "./engine-handle";

/** Something a function did, and when. */
export interface Mark {
  what: string;
  atMs: number;
}

/** An app with the real SDK behind a real HTTP server. */
export interface TestApp {
  client: Inngest;
  /** Its handler, `http://127.0.0.1:…/api/inngest`. */
  url: string;
  /** What its functions have marked so far. */
  marks: Mark[];
  /** The marked texts. */
  seen(): string[];
  /** Wait until the marks are as they should be. */
  until(check: (seen: string[]) => void, timeoutMs?: number): Promise<void>;
  /** The same, sending an event before every look: nothing outside tells when a wait has begun. */
  sendUntil(
    event: { name: string; data?: Record<string, unknown> },
    check: (seen: string[]) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Defines an app's functions; `mark` records what they do. */
export type DefineFunctions = (
  client: Inngest,
  mark: (what: string) => void,
) => readonly InngestFunction.Any[];

const SILENT = { info() {}, warn() {}, error() {}, debug() {} };

/** Serve functions on a free loopback port and register them; the app closes before its engine. */
export async function serveApp(
  engine: Pick<EngineHandle, "url" | "keys" | "cleanups">,
  define: DefineFunctions,
  options: { id?: string; port?: number; register?: boolean } = {},
): Promise<TestApp> {
  const marks: Mark[] = [];
  const client = createClient(engine, options.id);
  const functions = define(client, (what) => marks.push({ what, atMs: performance.now() }));
  // The origin is fixed by the Host header here; production sets serveOrigin.
  const handler = serve({ client, functions: [...functions] });
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/inngest`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  engine.cleanups.push(close);
  if (options.register !== false) await register(url);
  const seen = (): string[] => marks.map((mark) => mark.what);
  return {
    client,
    url,
    marks,
    seen,
    close,
    until: (check, timeout = 20_000) => vi.waitFor(() => check(seen()), { timeout, interval: 20 }),
    sendUntil: (event, check) =>
      vi.waitFor(
        async () => {
          await client.send(event);
          check(seen());
        },
        { timeout: 20_000, interval: 200 },
      ),
  };
}

/** A client of the engine, with an id of its own so that tests do not share functions. */
export function createClient(engine: Pick<EngineHandle, "url" | "keys">, id?: string): Inngest {
  return new Inngest({
    id: id ?? `app-${randomBytes(4).toString("hex")}`,
    baseUrl: engine.url,
    isDev: engine.keys === undefined,
    ...engine.keys,
    checkpointing: false,
    logger: SILENT,
  });
}

/** Have an app register its functions, as an engine does when it starts. */
export async function register(url: string): Promise<void> {
  const answer = await fetch(url, { method: "PUT" });
  if (!answer.ok) throw new Error(`registration: ${answer.status} ${await answer.text()}`);
  await answer.text();
}

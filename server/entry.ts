import "#nitro-internal-pollyfills";
import { toNodeListener } from "h3";
import { createServer } from "node:http";
import { useNitroApp } from "nitropack/runtime";
import { ConfigError } from "./utils/config";
import { describeError } from "./utils/log";
import { signInngestCall } from "./utils/outbox/sign-inngest-call";
import { stopServer } from "./utils/stopping/stop-server";
import { trackAnswers } from "./utils/stopping/track-answers";
import { useApp } from "./utils/use-app";

// Longer than nginx keeps its own end open (2 s), so that nginx never writes into a socket that just closed.
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 20_000;
// For receiving a request; what is answered, an event stream say, may take as long as it likes.
const REQUEST_TIMEOUT_MS = 60_000;

const nitro = useNitroApp();

async function start(): Promise<void> {
  const app = await useApp();
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    toNodeListener(nitro.h3App),
  );
  const answers = trackAnswers(server);
  // Before anybody can see it listen, and stop it.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void stopServer(server, answers, app, signal));
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(app.config.port, app.config.host, resolve);
  });
  const isAnyHost = app.config.host === "0.0.0.0" || app.config.host === "::";
  const { signingKey } = app.config.inngest;
  const signature = signingKey ? signInngestCall(signingKey, new Date()) : {};
  await warmUp(`http://${isAnyHost ? "127.0.0.1" : app.config.host}:${app.config.port}`, signature);
  app.log.info(`listening on http://${app.config.host}:${app.config.port}`);
}

// Routes are loaded when they are first called, which would cost the first caller up to 400 ms.
async function warmUp(origin: string, signature: Record<string, string>): Promise<void> {
  const calls = [
    // Refused before anybody asks for a key: a start is no attempt to get in.
    ["HEAD", "/mcp", {}],
    ["GET", "/webhook/meta", {}],
    ["POST", "/webhook/meta", {}],
    // Without a signature the SDK would log an error.
    ["GET", "/api/inngest", signature],
  ] as const;
  await Promise.allSettled(
    calls.map(([method, path, headers]) => fetch(`${origin}${path}`, { method, headers })),
  );
}

process.on("unhandledRejection", (error) => {
  process.stderr.write(`[wamcp] an unhandled rejection: ${describeError(error)}\n`);
});

start().catch((error: unknown) => {
  process.stderr.write(
    error instanceof ConfigError ? `${error.message}\n` : `[wamcp] cannot start: ${describeError(error)}\n`,
  );
  process.exit(1);
});

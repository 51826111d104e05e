import type { Exchange } from "./exchange";
import { HttpError } from "./http-error";
import { getLocalRuns, getLocalStats, rerun } from "./local-api";
import { postEvents } from "./post-events";
import { postRegistration } from "./post-registration";
import { deleteRun, getEventRuns, getRun } from "./run-api";

type Handler = (exchange: Exchange) => Promise<unknown>;

interface Route {
  method: string;
  path: RegExp;
  /** In keyed mode the caller must show the signing key. */
  keyed: boolean;
  handle: Handler;
}

/** What the engine answers. `/local/*` is its own; everything else is as on a real server. */
const ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/e\/([^/]+)$/, keyed: false, handle: postEvents },
  { method: "POST", path: /^\/fn\/register$/, keyed: true, handle: postRegistration },
  { method: "GET", path: /^\/health$/, keyed: false, handle: async () => ({ status: 200, message: "OK" }) },
  { method: "GET", path: /^\/dev$/, keyed: true, handle: getInfo },
  { method: "GET", path: /^\/v1\/events\/([^/]+)\/runs$/, keyed: true, handle: getEventRuns },
  { method: "GET", path: /^\/v1\/runs\/([^/]+)$/, keyed: true, handle: getRun },
  { method: "DELETE", path: /^\/v1\/runs\/([^/]+)$/, keyed: true, handle: deleteRun },
  { method: "GET", path: /^\/local\/runs$/, keyed: true, handle: getLocalRuns },
  { method: "POST", path: /^\/local\/runs\/([^/]+)\/rerun$/, keyed: true, handle: rerun },
  { method: "GET", path: /^\/local\/stats$/, keyed: true, handle: getLocalStats },
];

/**
 * Answer a request.
 *
 * @throws HttpError for what the engine refuses
 */
export async function route(
  method: string,
  path: string,
  exchange: Omit<Exchange, "parameters">,
): Promise<unknown> {
  for (const { path: pattern, method: wanted, keyed, handle } of ROUTES) {
    const match = pattern.exec(path);
    if (!match || wanted !== method) continue;
    const signer = exchange.engine.signer;
    if (keyed && signer && !signer.authorizes(exchange.header("authorization"))) {
      throw new HttpError(401, "the signing key is missing or wrong");
    }
    return handle({ ...exchange, parameters: match.slice(1).map(decodeURIComponent) });
  }
  throw new HttpError(404, "not found");
}

/** What a dev server says about itself; the SDK only looks at whether it answers. */
async function getInfo({ engine }: Exchange): Promise<unknown> {
  const functions = await engine.functions(engine.pool);
  return { version: "local", startOpts: {}, functions: functions.active };
}

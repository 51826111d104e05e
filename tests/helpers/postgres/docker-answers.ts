import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

const TIMEOUT_MS = 2_000;

/**
 * Whether a Docker engine answers within 2 s. A socket file or a `docker` command alone says nothing: the
 * engine behind it may be stopped. An engine behind TLS counts as absent.
 */
export async function dockerAnswers(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return Promise.any(engines(env).map(ping)).catch(() => false);
}

type Engine = { readonly socketPath: string } | { readonly host: string; readonly port: string };

function engines(env: NodeJS.ProcessEnv): Engine[] {
  const named = env["DOCKER_HOST"];
  if (named !== undefined && named !== "") {
    if (named.startsWith("unix://")) return [{ socketPath: named.slice("unix://".length) }];
    const { hostname, port } = new URL(named);
    return [{ host: hostname, port: port || "2375" }];
  }
  const sockets = ["/var/run/docker.sock", join(homedir(), ".docker/run/docker.sock")];
  if (env["XDG_RUNTIME_DIR"]) sockets.push(join(env["XDG_RUNTIME_DIR"], "docker.sock"));
  return sockets.map((socketPath) => ({ socketPath }));
}

async function ping(engine: Engine): Promise<true> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const call = request({ ...engine, path: "/_ping", signal }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve(true);
      else reject(new Error(`The Docker engine answers ${answer.statusCode}.`));
    });
    call.on("error", reject).end();
  });
}

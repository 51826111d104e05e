import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeServer, describeSimulator, type InngestKeys, type StackUrls } from "./stack-environment";
import type { StackOptions } from "./stack-options";
import type { StackSecrets } from "./stack-secrets";
import { startChild, type Child, type ChildOptions } from "./start-child";
import { until } from "./until";

const READY_TIMEOUT_MS = 60_000;
const SHIFT_CLOCK = new URL("./shift-clock.mjs", import.meta.url).href;

/** The processes of a local stack. */
export interface Processes {
  /** The first of the servers. */
  readonly server: Child;
  readonly servers: readonly Child[];
  readonly engine: Child;
  readonly simulator: Child;
}

type Start = (child: Omit<ChildOptions, "restart" | "log">) => Child;

/** Starts the simulator, Inngest and the servers, and resolves when they work together. */
export async function startProcesses(
  options: StackOptions,
  secrets: StackSecrets,
  urls: StackUrls,
  endings: (() => Promise<unknown>)[],
): Promise<Processes> {
  const start: Start = (child) => {
    const started = startChild({ ...child, restart: true, log: options.log });
    endings.push(() => started.stop());
    return started;
  };
  const mediaRoot = await mkdtemp(join(tmpdir(), "wamcp-media-"));
  endings.push(() => rm(mediaRoot, { recursive: true, force: true }));
  const simulator = startSimulator(start, options, secrets, urls);
  const engine = startEngine(start, options, urls);
  const servers = startServers(start, options, secrets, urls, mediaRoot);
  const [server] = servers;
  if (!server) throw new Error("a stack needs at least one server");
  await Promise.all([
    answers("the simulator", `${urls.simulatorUrl}/health`),
    answers("Inngest", `${urls.inngestUrl}/health`),
    ...urls.origins.map((origin) => answers("the server", `${origin}/ready`)),
  ]);
  await knowsFunctions(urls.inngestUrl, options.inngestKeys);
  return { server, servers, engine, simulator };
}

function startSimulator(start: Start, options: StackOptions, secrets: StackSecrets, urls: StackUrls): Child {
  const args = ["--port", portOf(urls.simulatorUrl), "--webhook-url", urls.webhookUrl];
  args.push("--speed", String(options.simulatorSpeed ?? 1));
  args.push("--settings", JSON.stringify(options.simulatorSettings ?? {}));
  return start({
    name: "simulator",
    file: "simulator/main.ts",
    args,
    env: describeSimulator(secrets),
  });
}

function startEngine(start: Start, options: StackOptions, urls: StackUrls): Child {
  const { inngestKeys, inngestRetrySeconds } = options;
  const args = ["--port", portOf(urls.inngestUrl), "--database-url", urls.engineDatabaseUrl];
  args.push("--sdk-url", `${urls.origin}/api/inngest`);
  if (inngestRetrySeconds !== undefined) args.push("--retry-interval", String(inngestRetrySeconds));
  return start({
    name: "inngest",
    file: "dev/inngest/main.ts",
    args,
    env: inngestKeys
      ? { INNGEST_SIGNING_KEY: inngestKeys.signingKey, INNGEST_EVENT_KEY: inngestKeys.eventKey }
      : {},
  });
}

function startServers(
  start: Start,
  options: StackOptions,
  secrets: StackSecrets,
  urls: StackUrls,
  mediaRoot: string,
): Child[] {
  const { server, serverEnv, serverEnvs, serverModules = [], inngestKeys, movableClocks } = options;
  return urls.origins.map((origin, index) =>
    start({
      name: urls.origins.length === 1 ? "server" : `server ${index + 1}`,
      file: server.file,
      args: server.args?.(Number(portOf(origin))) ?? [],
      env: {
        ...describeServer(secrets, urls, origin, mediaRoot, inngestKeys),
        ...serverEnv,
        ...serverEnvs?.[index],
      },
      preload: [...(movableClocks ? [SHIFT_CLOCK] : []), ...serverModules],
    }),
  );
}

function portOf(url: string): string {
  return new URL(url).port;
}

async function answers(what: string, url: string): Promise<void> {
  await until(what, READY_TIMEOUT_MS, async () => ((await fetch(url)).ok ? true : undefined));
}

// Inngest takes events that it has no function for, and runs nothing.
async function knowsFunctions(inngestUrl: string, keys: InngestKeys | undefined): Promise<void> {
  const headers = keys ? { authorization: `Bearer ${keys.signingKey}` } : {};
  await until("Inngest to know the functions", READY_TIMEOUT_MS, async () => {
    const answer = await fetch(`${inngestUrl}/dev`, { headers });
    const { functions } = (await answer.json()) as { functions: unknown[] };
    return functions.length > 0 ? true : undefined;
  });
}

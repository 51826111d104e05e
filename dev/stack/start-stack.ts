import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { startPostgres } from "#dev/postgres/start-postgres";
import { createDatabase } from "./create-database";
import { seedDemo } from "./seed-demo";
import {
  describeServer,
  describeSimulator,
  DISPLAY_NUMBER,
  PHONE_NUMBER_ID,
  WABA_ID,
  type InngestKeys,
  type StackUrls,
} from "./stack-environment";
import { createStackSecrets, type StackSecrets } from "./stack-secrets";
import { startChild, type Child, type ChildOptions } from "./start-child";
import { until } from "./until";

const READY_TIMEOUT_MS = 60_000;

export interface StackOptions {
  /** The server's file: the built one, or Nitro's development server. */
  readonly server: { readonly file: string; readonly args?: (port: number) => string[] };
  /** A PostgreSQL server to use, by a URL that may create databases; one of its own when left out. */
  readonly adminUrl?: string;
  /** More environment for the server. */
  readonly serverEnv?: Readonly<Record<string, string>>;
  /** Runs Inngest with keys, as production does, instead of in development mode. */
  readonly inngestKeys?: InngestKeys;
  /** How much faster than usual the simulated phones are. */
  readonly simulatorSpeed?: number;
  readonly log: (line: string) => void;
}

interface Processes {
  readonly server: Child;
  readonly engine: Child;
  readonly simulator: Child;
}

/** Everything that one machine needs: PostgreSQL, Inngest, the simulator and the server. */
export interface Stack extends StackUrls, Processes {
  readonly apiKey: string;
  readonly secrets: StackSecrets;
  /** 0 when the PostgreSQL server was there before. */
  readonly postgresPid: number;
  /** Ends everything that was started, and leaves nothing behind. */
  stop(): Promise<void>;
}

type Endings = (() => Promise<unknown>)[];

/** Starts the local stack on free loopback ports and seeds it. When any part fails, the others are ended. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const endings: Endings = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    const secrets = createStackSecrets();
    const { urls, postgresPid } = await openDatabases(options, endings);
    const processes = await startProcesses(options, secrets, urls, endings);
    const apiKey = await seedDemo({
      databaseUrl: urls.databaseUrl,
      pepper: secrets.pepper,
      waPhoneNumberId: PHONE_NUMBER_ID,
      wabaId: WABA_ID,
      displayNumber: DISPLAY_NUMBER,
    });
    return { ...urls, ...processes, apiKey, secrets, postgresPid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabases(
  { adminUrl, log }: StackOptions,
  endings: Endings,
): Promise<{ urls: StackUrls; postgresPid: number }> {
  const [serverPort, enginePort, simulatorPort] = [await findPort(), await findPort(), await findPort()];
  const postgres = adminUrl
    ? undefined
    : await startPostgres({
        log: (line) => log(`postgres: ${line}`),
        settings: { log_min_messages: "warning" },
      });
  if (postgres) endings.push(() => postgres.stop());
  const server = adminUrl ?? postgres?.url("postgres") ?? "";
  const create = async (name: string): Promise<string> => {
    const database = await createDatabase(server, `${name}_${serverPort}`);
    // A server of its own is removed whole.
    if (adminUrl) endings.push(() => database.drop());
    return database.url;
  };
  const origin = `http://127.0.0.1:${serverPort}`;
  const urls = {
    origin,
    mcpUrl: `${origin}/mcp`,
    webhookUrl: `${origin}/webhook/meta`,
    simulatorUrl: `http://127.0.0.1:${simulatorPort}`,
    inngestUrl: `http://127.0.0.1:${enginePort}`,
    databaseUrl: await create("wamcp"),
    engineDatabaseUrl: await create("inngest"),
  };
  return { urls, postgresPid: postgres?.pid ?? 0 };
}

async function startProcesses(
  options: StackOptions,
  secrets: StackSecrets,
  urls: StackUrls,
  endings: Endings,
): Promise<Processes> {
  const { inngestKeys } = options;
  const mediaRoot = await mkdtemp(join(tmpdir(), "wamcp-media-"));
  endings.push(() => rm(mediaRoot, { recursive: true, force: true }));
  const start = (child: Omit<ChildOptions, "restart" | "log">): Child => {
    const started = startChild({ ...child, restart: true, log: options.log });
    endings.push(() => started.stop());
    return started;
  };
  const port = (url: string): string => new URL(url).port;
  const speed = String(options.simulatorSpeed ?? 1);
  const simulator = start({
    name: "simulator",
    file: "simulator/main.ts",
    args: ["--port", port(urls.simulatorUrl), "--webhook-url", urls.webhookUrl, "--speed", speed],
    env: describeSimulator(secrets),
  });
  const appUrl = `${urls.origin}/api/inngest`;
  const engine = start({
    name: "inngest",
    file: "dev/inngest/main.ts",
    args: ["--port", port(urls.inngestUrl), "--database-url", urls.engineDatabaseUrl, "--sdk-url", appUrl],
    env: inngestKeys
      ? { INNGEST_SIGNING_KEY: inngestKeys.signingKey, INNGEST_EVENT_KEY: inngestKeys.eventKey }
      : {},
  });
  const server = start({
    name: "server",
    file: options.server.file,
    args: options.server.args?.(Number(port(urls.origin))) ?? [],
    env: { ...describeServer(secrets, urls, mediaRoot, inngestKeys), ...options.serverEnv },
  });
  await Promise.all([
    answers("the simulator", `${urls.simulatorUrl}/health`),
    answers("Inngest", `${urls.inngestUrl}/health`),
    answers("the server", `${urls.origin}/ready`),
  ]);
  await knowsFunctions(urls.inngestUrl, inngestKeys);
  return { simulator, engine, server };
}

function findPort(): Promise<number> {
  return getPort({ host: "127.0.0.1" });
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

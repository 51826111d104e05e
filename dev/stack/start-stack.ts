import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { startPostgres } from "#dev/postgres/start-postgres";
import { createDatabase } from "./create-database";
import { seedDemo } from "./seed-demo";
import { createStackSecrets, type StackSecrets } from "./stack-secrets";
import { startChild, type Child } from "./start-child";
import { until } from "./until";

const READY_TIMEOUT_MS = 60_000;
export const WABA_ID = "102290129340398";
export const PHONE_NUMBER_ID = "106540352242922";
const DISPLAY_NUMBER = "15550783881";

export interface StackOptions {
  /** The server's file: the built one, or Nitro's development server. */
  readonly server: { readonly file: string; readonly args?: (port: number) => string[] };
  /** A PostgreSQL server to use, by a URL that may create databases; one of its own when left out. */
  readonly adminUrl?: string;
  /** More environment for the server. */
  readonly serverEnv?: Readonly<Record<string, string>>;
  /** How much faster than usual the simulated phones are. */
  readonly simulatorSpeed?: number;
  readonly log: (line: string) => void;
}

/** Everything that one machine needs: PostgreSQL, Inngest, the simulator and the server. */
export interface Stack {
  readonly origin: string;
  readonly mcpUrl: string;
  readonly webhookUrl: string;
  readonly simulatorUrl: string;
  readonly inngestUrl: string;
  readonly databaseUrl: string;
  readonly engineDatabaseUrl: string;
  readonly apiKey: string;
  readonly secrets: StackSecrets;
  readonly server: Child;
  readonly engine: Child;
  readonly simulator: Child;
  /** 0 when the PostgreSQL server was there before. */
  readonly postgresPid: number;
  /** Ends everything that was started, and leaves nothing behind. */
  stop(): Promise<void>;
}

/** Starts the local stack on free loopback ports and seeds it. When any part fails, the others are ended. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const endings: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    return { ...(await startParts(options, endings)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: StackOptions,
  endings: (() => Promise<unknown>)[],
): Promise<Omit<Stack, "stop">> {
  const { log } = options;
  const secrets = createStackSecrets();
  const [serverPort, enginePort, simulatorPort] = [await findPort(), await findPort(), await findPort()];
  const postgres = await openPostgres(options, endings);
  const database = async (name: string): Promise<string> => {
    const created = await createDatabase(postgres.adminUrl, `${name}_${serverPort}`);
    // A server of its own is removed whole.
    if (options.adminUrl) endings.push(() => created.drop());
    return created.url;
  };
  const databaseUrl = await database("wamcp");
  const engineDatabaseUrl = await database("inngest");
  const mediaRoot = await mkdtemp(join(tmpdir(), "wamcp-media-"));
  endings.push(() => rm(mediaRoot, { recursive: true, force: true }));

  const origin = `http://127.0.0.1:${serverPort}`;
  const urls = {
    origin,
    mcpUrl: `${origin}/mcp`,
    webhookUrl: `${origin}/webhook/meta`,
    simulatorUrl: `http://127.0.0.1:${simulatorPort}`,
    inngestUrl: `http://127.0.0.1:${enginePort}`,
    databaseUrl,
    engineDatabaseUrl,
  };
  const start = (name: string, file: string, args: string[], env: Record<string, string>): Child => {
    const child = startChild({ name, file, args, env, restart: true, log });
    endings.push(() => child.stop());
    return child;
  };
  const simulator = start(
    "simulator",
    "simulator/main.ts",
    [
      "--port",
      String(simulatorPort),
      "--webhook-url",
      urls.webhookUrl,
      "--speed",
      String(options.simulatorSpeed ?? 1),
    ],
    simulatorEnv(secrets),
  );
  const engine = start(
    "inngest",
    "dev/inngest/main.ts",
    ["--port", String(enginePort), "--database-url", engineDatabaseUrl, "--sdk-url", `${origin}/api/inngest`],
    {},
  );
  const server = start("server", options.server.file, options.server.args?.(serverPort) ?? [], {
    ...serverEnv(secrets, urls, serverPort, mediaRoot),
    ...options.serverEnv,
  });
  await Promise.all([
    answers("the simulator", `${urls.simulatorUrl}/health`),
    answers("Inngest", `${urls.inngestUrl}/health`),
    answers("the server", `${origin}/ready`),
  ]);
  const apiKey = await seedDemo({
    databaseUrl,
    pepper: secrets.pepper,
    waPhoneNumberId: PHONE_NUMBER_ID,
    wabaId: WABA_ID,
    displayNumber: DISPLAY_NUMBER,
  });
  return { ...urls, apiKey, secrets, server, engine, simulator, postgresPid: postgres.pid };
}

async function openPostgres(
  { adminUrl, log }: StackOptions,
  endings: (() => Promise<unknown>)[],
): Promise<{ adminUrl: string; pid: number }> {
  if (adminUrl) return { adminUrl, pid: 0 };
  const postgres = await startPostgres({ log: (line) => log(`postgres: ${line}`) });
  endings.push(() => postgres.stop());
  return { adminUrl: postgres.url("postgres"), pid: postgres.pid };
}

function findPort(): Promise<number> {
  return getPort({ host: "127.0.0.1" });
}

async function answers(what: string, url: string): Promise<void> {
  await until(what, READY_TIMEOUT_MS, async () => ((await fetch(url)).ok ? true : undefined));
}

function simulatorEnv(secrets: StackSecrets): Record<string, string> {
  return {
    SIMULATOR_APP_SECRET: secrets.appSecret,
    SIMULATOR_VERIFY_TOKEN: secrets.verifyToken,
    SIMULATOR_ACCESS_TOKEN: secrets.accessToken,
    SIMULATOR_PHONE_NUMBER_ID: PHONE_NUMBER_ID,
    SIMULATOR_DISPLAY_NUMBER: DISPLAY_NUMBER,
    SIMULATOR_WABA_ID: WABA_ID,
  };
}

function serverEnv(
  secrets: StackSecrets,
  urls: Pick<Stack, "databaseUrl" | "inngestUrl" | "simulatorUrl" | "origin">,
  port: number,
  mediaRoot: string,
): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: String(port),
    DATABASE_URL: urls.databaseUrl,
    GRAPH_API_BASE_URL: urls.simulatorUrl,
    META_APP_SECRET: secrets.appSecret,
    META_VERIFY_TOKEN: secrets.verifyToken,
    META_ACCESS_TOKEN: secrets.accessToken,
    API_KEY_PEPPER: secrets.pepper,
    MEDIA_URL_SECRET: secrets.mediaUrlSecret,
    MEDIA_ROOT: mediaRoot,
    INNGEST_DEV: urls.inngestUrl,
    INNGEST_SERVE_ORIGIN: urls.origin,
    LOG_LEVEL: "info",
  };
}

import getPort from "get-port";
import { startPostgres } from "#dev/postgres/start-postgres";
import { createDatabase } from "./create-database";
import { seedDemo } from "./seed-demo";
import { DISPLAY_NUMBER, PHONE_NUMBER_ID, WABA_ID, type StackUrls } from "./stack-environment";
import type { StackOptions } from "./stack-options";
import { createStackSecrets, type StackSecrets } from "./stack-secrets";
import { startBalancer } from "./start-balancer";
import { startProcesses, type Processes } from "./start-processes";

/** Everything that one machine needs: PostgreSQL, Inngest, the simulator and the server, or several servers. */
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
    const { urls, postgresPid } = await openDatabases(options, await findAddresses(options), endings);
    if (urls.origins.length > 1) {
      const ports = urls.origins.map((origin) => Number(new URL(origin).port));
      const balancer = await startBalancer(Number(new URL(urls.origin).port), ports);
      endings.push(() => balancer.close());
    }
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

type Addresses = Omit<StackUrls, "databaseUrl" | "engineDatabaseUrl">;

async function findAddresses({ servers = 1 }: StackOptions): Promise<Addresses> {
  const origins: string[] = [];
  while (origins.length < servers) origins.push(await findAddress());
  const origin = servers > 1 ? await findAddress() : String(origins[0]);
  return {
    origin,
    origins,
    mcpUrl: `${origin}/mcp`,
    webhookUrl: `${origin}/webhook/meta`,
    simulatorUrl: await findAddress(),
    inngestUrl: await findAddress(),
  };
}

async function findAddress(): Promise<string> {
  return `http://127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
}

async function openDatabases(
  { adminUrl, log }: StackOptions,
  addresses: Addresses,
  endings: Endings,
): Promise<{ urls: StackUrls; postgresPid: number }> {
  const postgres = adminUrl
    ? undefined
    : await startPostgres({
        log: (line) => log(`postgres: ${line}`),
        settings: { log_min_messages: "warning" },
      });
  if (postgres) endings.push(() => postgres.stop());
  const server = adminUrl ?? postgres?.url("postgres") ?? "";
  const create = async (name: string): Promise<string> => {
    const database = await createDatabase(server, `${name}_${new URL(addresses.origin).port}`);
    // A server of its own is removed whole.
    if (adminUrl) endings.push(() => database.drop());
    return database.url;
  };
  const urls = {
    ...addresses,
    databaseUrl: await create("wamcp"),
    engineDatabaseUrl: await create("inngest"),
  };
  return { urls, postgresPid: postgres?.pid ?? 0 };
}

import getPort from "get-port";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "#dev/stack/create-database";
import { describeServer } from "#dev/stack/stack-environment";
import { createStackSecrets } from "#dev/stack/stack-secrets";
import { startChild } from "#dev/stack/start-child";
import { startStack } from "#dev/stack/start-stack";
import { until } from "#dev/stack/until";

/** A server that takes webhooks. */
export interface AcceptSide {
  readonly webhookUrl: string;
  readonly databaseUrl: string;
  readonly secrets: { readonly appSecret: string };
  stop(): Promise<void>;
}

export interface AcceptSideOptions {
  readonly serverFile: string;
  /** A PostgreSQL server, by a URL that may create databases. */
  readonly adminUrl: string;
  /** Whether what was accepted is also handled, in the process and by Inngest. */
  readonly isProcessing: boolean;
}

const START_TIMEOUT_MS = 60_000;

const ignore = (): void => {};

/** Starts a server on a database of its own, with everything around it or with nothing that would handle what it accepts. */
export async function openAcceptSide(options: AcceptSideOptions): Promise<AcceptSide> {
  const { serverFile: file, adminUrl, isProcessing } = options;
  return isProcessing ? startStack({ server: { file }, adminUrl, log: ignore }) : openAlone(options);
}

/** Without Inngest, and told not to handle anything itself. What waits for longer than 10 s it handles all the same. */
async function openAlone({ serverFile, adminUrl }: AcceptSideOptions): Promise<AcceptSide> {
  const [port, closedPort] = [await getPort({ host: "127.0.0.1" }), await getPort({ host: "127.0.0.1" })];
  const origin = `http://127.0.0.1:${port}`;
  const nowhere = `http://127.0.0.1:${closedPort}`;
  const database = await createDatabase(adminUrl, `wamcp_${port}`);
  const mediaRoot = await mkdtemp(join(tmpdir(), "wamcp-media-"));
  const secrets = createStackSecrets();
  const urls = {
    origin,
    origins: [origin],
    mcpUrl: `${origin}/mcp`,
    webhookUrl: `${origin}/webhook/meta`,
    simulatorUrl: nowhere,
    inngestUrl: nowhere,
    databaseUrl: database.url,
    engineDatabaseUrl: database.url,
  };
  const env = {
    ...describeServer(secrets, urls, origin, mediaRoot, undefined),
    INBOX_FAST_PATH: "off",
  };
  const server = startChild({ name: "server", file: serverFile, env, restart: false, log: ignore });
  const stop = async (): Promise<void> => {
    await server.stop();
    await database.drop();
    await rm(mediaRoot, { recursive: true, force: true });
  };
  try {
    await until("the server", START_TIMEOUT_MS, async () =>
      (await fetch(`${origin}/health`)).ok ? true : undefined,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { webhookUrl: urls.webhookUrl, databaseUrl: database.url, secrets, stop };
}

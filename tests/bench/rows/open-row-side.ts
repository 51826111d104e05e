import { tmpdir } from "node:os";
import { createConsola } from "consola";
import postgres from "postgres";
import { openDatabase } from "#db/client";
import { issueKey } from "#server/utils/admin/keys/issue-key";
import { createAuthenticator } from "#server/utils/auth/create-authenticator";
import type { Principal } from "#server/utils/auth/principal";
import { readCredentials } from "#server/utils/auth/read-credentials";
import { createChangeHub } from "#server/utils/changes/create-change-hub";
import { readConfig } from "#server/utils/config";
import type { SystemContext } from "#server/utils/context";
import { createConversationNews } from "#server/utils/conversation-news";
import { callTool, type ToolAnswer } from "#server/utils/mcp/call-tool";
import { catalogue } from "#server/utils/mcp/catalogue";
import { newId } from "#server/utils/ids";
import { ROW_PEPPERS } from "./seed-row-tenants";

export const READERS = ["owner", "most", "few"] as const;
export type Reader = (typeof READERS)[number];

/** The server's insides on one of the databases. */
export interface RowSide {
  /** A superuser's connection: no policy hides anything from it. */
  readonly sql: postgres.Sql;
  /** Calls a tool with a reader's key, past authentication. */
  call(reader: Reader, name: string, args: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
  clientIdOf(reader: Reader): string;
  close(): Promise<void>;
}

export async function openRowSide(url: string): Promise<RowSide> {
  const system = createSystem(url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const principals = new Map<Reader, Principal>();
  for (const reader of READERS) principals.set(reader, await mintPrincipal(system, sql, reader));
  const principalOf = (reader: Reader): Principal => {
    const principal = principals.get(reader);
    if (!principal) throw new Error(`${reader} has no key`);
    return principal;
  };
  return {
    sql,
    call: (reader, name, args) =>
      callTool(system, {
        name,
        arguments: args,
        principal: principalOf(reader),
        requestId: newId(),
        signal: new AbortController().signal,
      }),
    clientIdOf: (reader) => principalOf(reader).clientId,
    async close() {
      await system.database.close();
      await sql.end({ timeout: 5 });
    },
  };
}

// Nothing is sent and nobody listens: reading needs neither Graph nor the feeds of changes.
function createSystem(url: string): SystemContext {
  const database = openDatabase({ url, maxConnections: 2 });
  const log = createConsola({ level: 0 });
  const config = readConfig({
    DATABASE_URL: url,
    META_APP_SECRET: "app-secret",
    META_VERIFY_TOKEN: "verify-token",
    META_ACCESS_TOKEN: "access-token",
    API_KEY_PEPPER: ROW_PEPPERS.current.secret,
    MEDIA_ROOT: tmpdir(),
    MEDIA_URL_SECRET: "media-secret-of-the-bench-".repeat(2),
    INNGEST_DEV: "1",
    LOG_LEVEL: "silent",
  });
  return {
    config,
    clock: { now: () => new Date() },
    log,
    database,
    graph: {
      sendMessage: () => {
        throw new Error("nothing is sent here");
      },
    },
    wakeRelay: () => {},
    changes: createChangeHub(database, log),
    conversationNews: createConversationNews(database, log),
  };
}

async function mintPrincipal(system: SystemContext, sql: postgres.Sql, reader: Reader): Promise<Principal> {
  const [client] = await sql<{ id: string; numbers: string[] }[]>`
    select c.id, array_agg(n.wa_phone_number_id order by n.wa_phone_number_id) as numbers
    from clients c join grants g on g.client_id = c.id join phone_numbers n on n.id = g.phone_number_id
    where c.name = ${reader} group by c.id`;
  if (!client) throw new Error(`there is no client ${reader}`);
  // Only the owner's key may say "all".
  const scopes = [
    ...catalogue.names().map((name) => `tools:${name}`),
    ...client.numbers.map((number) => `numbers:${number}`),
  ];
  const admin = { database: system.database, clock: system.clock, peppers: ROW_PEPPERS };
  const terms = { clientId: client.id, label: "bench", scopes, mode: "test" as const, rpmLimit: 10_000_000 };
  const { token } = await system.database.asSystem((tx) => issueKey(tx, admin, terms));
  const credentials = readCredentials(["authorization", `Bearer ${token}`], "/mcp");
  const caller = { address: "127.0.0.1", group: "127.0.0.1" };
  return createAuthenticator(system).authenticate(credentials, caller);
}

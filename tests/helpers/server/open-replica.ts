import { openDatabase } from "#db/client";
import { createChangeHub } from "#server/utils/changes/create-change-hub";
import type { SystemContext } from "#server/utils/context";
import { createConversationNews } from "#server/utils/conversation-news";
import { createSurface } from "#server/utils/mcp/create-surface";
import { createLegacySessions, type LegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import type { McpSurface } from "#server/utils/mcp/surface";
import type { TestContext } from "./create-test-context";

/** One process of several that serve the same database. */
export interface Replica {
  readonly system: SystemContext;
  readonly sessions: LegacySessions;
  /** Has it vanish: it says nothing to anybody, and hears nothing. */
  kill(): Promise<void>;
}

/** Opens a process's half that serves sessions, on connections of its own. */
export async function openReplica(
  ctx: TestContext,
  openSurface: (system: SystemContext) => McpSurface = createSurface,
): Promise<Replica> {
  const database = openDatabase({ url: ctx.url, maxConnections: 4 });
  const changes = createChangeHub(database, ctx.system.log);
  const conversationNews = createConversationNews(database, ctx.system.log);
  await changes.start();
  await conversationNews.start();
  const system: SystemContext = { ...ctx.system, database, changes, conversationNews };
  const sessions = createLegacySessions(system, openSurface(system));
  await sessions.start();
  const onAccess = (clientId?: string): void => void sessions.refresh(clientId).catch(() => {});
  await database.listen("wamcp_access", onAccess, () => {});
  return { system, sessions, kill: () => database.close() };
}

import type { Database } from "#db/client";
import { readLastSeq } from "../changes/store";
import type { Clock } from "../clock";
import type { Config } from "../config";
import { readInngestAddress } from "../outbox/read-inngest-address";
import { readRelayLagMs } from "../outbox/read-relay-lag";
import { reachesInngest } from "../outbox/reaches-inngest";
import { withTimeout } from "../with-timeout";
import { checkGraphToken } from "./check-graph-token";
import { checkMediaFolder } from "./check-media-folder";
import type { CheckState } from "./check-state";
import { createCachedCheck } from "./create-cached-check";
import { readNewestMigration } from "./read-newest-migration";
import { readNewestApplied } from "./store";

/** Whether this process can do its work, and what is missing. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckState["state"]>>;
  /** Why a check is not ok, as a code. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** How long the oldest event waits to be handed to Inngest. */
  readonly relay_lag_s?: number;
}

export interface ReadinessParts {
  readonly config: Pick<Config, "graph" | "meta" | "media" | "inngest">;
  readonly database: Pick<Database, "system">;
  readonly clock: Clock;
  readonly migrationsDir: string;
}

type States = Readonly<Record<string, CheckState>>;

// While postgres.js waits to reconnect a query hangs.
const CHECK_TIMEOUT_MS = 2_000;
const OUTSIDE_TIMEOUT_MS = 1_500;
const MEDIA_EVERY_MS = 5_000;
const INNGEST_EVERY_MS = 30_000;
const GRAPH_EVERY_MS = 5 * 60_000;
const LATE_AFTER_MS = 60_000;

/**
 * What `/ready` asks. Only what a restart or another process may mend makes this one unready: its database, a database that is
 * older than it, and a folder for media that it may not write. The rest is degraded. Bounded in time, and what lies outside is
 * asked seldom.
 */
export function createReadiness(parts: ReadinessParts): () => Promise<Readiness> {
  const { config } = parts;
  const inngest = async (): Promise<CheckState> =>
    (await reachesInngest(readInngestAddress(config.inngest), OUTSIDE_TIMEOUT_MS))
      ? { state: "ok" }
      : { state: "degraded", code: "inngest_unreachable" };
  const outside = {
    media: createCachedCheck(() => checkMediaFolder(config.media.root), MEDIA_EVERY_MS),
    inngest: createCachedCheck(inngest, INNGEST_EVERY_MS),
    graph: createCachedCheck(() => checkGraphToken(config, OUTSIDE_TIMEOUT_MS), GRAPH_EVERY_MS),
  };
  return async () => {
    const [{ lagMs, ...inside }, media, inngestState, graph] = await Promise.all([
      inTime(checkDatabase(parts), { database: { state: "failed", code: "unreachable" } }),
      inTime(outside.media(), { state: "failed", code: "too_slow" }),
      inTime(outside.inngest(), { state: "degraded", code: "too_slow" }),
      inTime(outside.graph(), { state: "degraded", code: "too_slow" }),
    ]);
    const report = summarise({ ...inside, media, inngest: inngestState, graph });
    return lagMs === undefined ? report : { ...report, relay_lag_s: Math.round(lagMs / 1000) };
  };
}

/** What the database answers; everything else of it is left out when it does not. */
interface DatabaseStates {
  readonly database: CheckState;
  readonly migrations?: CheckState;
  readonly relay?: CheckState;
  readonly lagMs?: number;
}

async function checkDatabase({ database, clock, migrationsDir }: ReadinessParts): Promise<DatabaseStates> {
  await readLastSeq(database.system);
  const lagMs = await readRelayLagMs({ database, clock });
  const [applied, shipped] = [
    await readNewestApplied(database.system),
    await readNewestMigration(migrationsDir),
  ];
  return { database: { state: "ok" }, migrations: compare(applied, shipped), relay: judgeLag(lagMs), lagMs };
}

// A newer database is what an older process sees while it is being replaced. An older one, from a backup say, is migrated by
// the next start.
function compare(applied: number, shipped: number): CheckState {
  if (applied < shipped) return { state: "failed", code: "database_older" };
  return applied > shipped ? { state: "degraded", code: "database_newer" } : { state: "ok" };
}

// Nothing is lost, and a restart would not bring Inngest back.
function judgeLag(lagMs: number): CheckState {
  return lagMs > LATE_AFTER_MS ? { state: "degraded", code: "late" } : { state: "ok" };
}

async function inTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
  return withTimeout(work, CHECK_TIMEOUT_MS, "a check").catch(() => otherwise);
}

function summarise(states: States): Readiness {
  const entries = Object.entries(states);
  const reasons = Object.fromEntries(entries.flatMap(([name, { code }]) => (code ? [[name, code]] : [])));
  return {
    ready: entries.every(([, { state }]) => state !== "failed"),
    checks: Object.fromEntries(entries.map(([name, { state }]) => [name, state])),
    ...(Object.keys(reasons).length > 0 ? { reasons } : {}),
  };
}

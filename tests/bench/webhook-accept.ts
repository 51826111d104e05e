import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startPostgres } from "#dev/postgres/start-postgres";
import { ensureBuilt } from "../../scripts/ensure-built";
import { buildWithInbox } from "./accept/build-with-inbox";
import { loadWebhook, type WebhookLoad } from "./accept/load-webhook";
import { openAcceptSide, type AcceptSideOptions } from "./accept/open-accept-side";

export interface WebhookAcceptOptions {
  readonly rounds?: number;
  readonly connections?: number;
  readonly warmUpSeconds?: number;
  /** Together with the warm-up less than 10 s, after which a server handles what nobody else did. */
  readonly durationSeconds?: number;
}

type Settings = Required<WebhookAcceptOptions>;

const DEFAULTS: Settings = { rounds: 5, connections: 50, warmUpSeconds: 2, durationSeconds: 7 };

/** A server's inbox: as it ships, or with an INSERT per request, by the same store or at its best. */
type Inbox = "shared" | "plain" | "prepared";

interface Variant {
  readonly inbox: Inbox;
  readonly isProcessing: boolean;
}

const INBOXES: readonly Inbox[] = ["shared", "plain", "prepared"];
const VARIANTS: readonly Variant[] = [false, true].flatMap((isProcessing) =>
  INBOXES.map((inbox) => ({ inbox, isProcessing })),
);

interface Round extends Variant {
  readonly load: WebhookLoad;
}

/**
 * Webhooks that are committed before they are acknowledged: the server as it ships against the same server with an INSERT per
 * request. Accepting alone, and with what the server does afterwards, on all sides alike. Each round starts the servers
 * anew, one at a time, in the other order than the round before, on databases of one PostgreSQL server.
 */
export async function measureWebhookAccept(options: WebhookAcceptOptions = {}): Promise<string[]> {
  const settings = { ...DEFAULTS, ...options };
  const folder = await mkdtemp(join(tmpdir(), "wamcp-bench-"));
  const postgresServer = await startPostgres();
  try {
    const { serverFile } = await ensureBuilt((line) => process.stderr.write(`${line}\n`));
    const files: Record<Inbox, string> = {
      shared: serverFile,
      plain: await buildWithInbox("plain", folder),
      prepared: await buildWithInbox("prepared", folder),
    };
    const rounds: Round[] = [];
    for (let number = 0; number < settings.rounds; number += 1) {
      for (const variant of number % 2 === 0 ? VARIANTS : VARIANTS.toReversed()) {
        const { inbox, isProcessing } = variant;
        const side = { serverFile: files[inbox], adminUrl: postgresServer.url(), isProcessing };
        rounds.push({ ...variant, load: await measureRound(side, settings) });
      }
    }
    return describeRounds(rounds, settings);
  } finally {
    await postgresServer.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureRound(options: AcceptSideOptions, settings: Settings): Promise<WebhookLoad> {
  const side = await openAcceptSide(options);
  try {
    const target = {
      webhookUrl: side.webhookUrl,
      appSecret: side.secrets.appSecret,
      connections: settings.connections,
    };
    const warmUp = await loadWebhook({ ...target, durationSeconds: settings.warmUpSeconds });
    const load = await loadWebhook({ ...target, durationSeconds: settings.durationSeconds });
    // What was answered must be there. What was on its way when the load ended may be there as well.
    const stored = await countBodies(side.databaseUrl);
    if (stored < warmUp.accepted + load.accepted)
      throw new Error(`${warmUp.accepted + load.accepted} webhooks were accepted, ${stored} are stored`);
    return load;
  } finally {
    await side.stop();
  }
}

async function countBodies(databaseUrl: string): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const [row] = await sql<[{ count: number }]>`select count(*)::int as count from webhook_inbox`;
    return row.count;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function describeRounds(rounds: readonly Round[], { connections, rounds: count }: Settings): string[] {
  const find = (inbox: Inbox, isProcessing: boolean): WebhookLoad[] =>
    rounds
      .filter((round) => round.inbox === inbox && round.isProcessing === isProcessing)
      .map(({ load }) => load);
  const describeMode = (isProcessing: boolean): string[] => {
    const shared = find("shared", isProcessing);
    const plain = find("plain", isProcessing);
    const prepared = find("prepared", isProcessing);
    return [
      describeSide("    as it ships", shared),
      describeSide("    a plain INSERT each", plain),
      describeSide("    a prepared INSERT each", prepared),
      `    ratio to plain ${describeRatio(shared, plain)}, to prepared ${describeRatio(shared, prepared)}`,
    ];
  };
  const [busy, plainAlone] = [find("shared", true), find("plain", false)];
  return [
    `webhook accept at ${connections} connections, medians of ${count} rounds (least to most)`,
    "  accept alone:",
    ...describeMode(false),
    "  with processing on all sides:",
    ...describeMode(true),
    `  as it ships with processing, to a plain INSERT each without: ratio ${describeRatio(busy, plainAlone)}`,
  ];
}

function describeSide(name: string, loads: readonly WebhookLoad[]): string {
  const spread = (values: readonly number[], digits: number): string =>
    `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
  const timeAt = (part: number): string =>
    spread(
      loads.map(({ timesMs }) => timesMs[Math.floor((timesMs.length - 1) * part)] ?? Number.NaN),
      1,
    );
  const perSecond = spread(
    loads.map((load) => load.perSecond),
    0,
  );
  return `${name}: ${perSecond} req/s, p50 ${timeAt(0.5)} ms, p99 ${timeAt(0.99)} ms`;
}

// Of neighbours in time, so that what else the machine did meets both.
function describeRatio(loads: readonly WebhookLoad[], plain: readonly WebhookLoad[]): string {
  const ratios = loads.map((load, round) => load.perSecond / (plain[round]?.perSecond ?? Number.NaN));
  return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

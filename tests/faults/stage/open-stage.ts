import postgres, { type Sql } from "postgres";
import { startStack, type Stack } from "#dev/stack/start-stack";
import { createControlClient } from "#simulator/control/create-control-client";
import type { SimulatorControl } from "#simulator/control/simulator-control";
import { ensureBuilt } from "../../../scripts/ensure-built";
import { openKillablePostgres, type KillablePostgres } from "./open-killable-postgres";

/** How the servers take webhooks: `mixed` is one with the fast path and one without. */
export type FastPath = "on" | "off" | "mixed";

export interface StageOptions {
  readonly fastPath: FastPath;
  readonly log: (line: string) => void;
}

/** Everything that a run kills, disturbs and asks. */
export interface Stage {
  readonly stack: Stack;
  readonly postgres: KillablePostgres;
  readonly phones: SimulatorControl;
  readonly sql: Sql;
  /** The last lines that the processes wrote. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** How long silence about a send must last before it proves something. */
export const SETTLE_AFTER_MS = 6_000;
const SEND_TIMEOUT_MS = 2_000;
const SPEED = 10;
/** How long Meta takes to report: long enough for whoever concludes too early to send twice, well within the settle time. */
const REPORT_DELAY_MS = 300;
const LINES_KEPT = 20_000;
const FAST_PATHS: Record<FastPath, readonly string[]> = {
  on: ["on", "on"],
  off: ["off", "off"],
  mixed: ["on", "off"],
};

/** Two built servers, Inngest, a PostgreSQL of their own, and the phones. Meta's own limits are off. */
export async function openStage({ fastPath, log }: StageOptions): Promise<Stage> {
  const built = await ensureBuilt(log);
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(`${new Date().toISOString()} ${line}`);
    if (lines.length > LINES_KEPT) lines.splice(0, LINES_KEPT / 2);
  };
  const server = await openKillablePostgres((line) => keep(`postgres: ${line}`));
  try {
    const stack = await startStack({
      server: { file: built.serverFile },
      servers: 2,
      adminUrl: server.url,
      serverEnv: {
        SEND_TIMEOUT_MS: String(SEND_TIMEOUT_MS),
        SETTLE_AFTER_MS: String(SETTLE_AFTER_MS),
        PAIR_RATE: "off",
        // One key plays twenty agents, each of which comes back with a new session after every strike.
        MCP_SESSIONS_PER_KEY: "1000",
        SERVICE_WINDOW: "off",
        // A leak must end the server and not the machine.
        NODE_OPTIONS: "--max-old-space-size=512",
      },
      serverEnvs: FAST_PATHS[fastPath].map((value) => ({ INBOX_FAST_PATH: value })),
      movableClocks: true,
      inngestRetrySeconds: 1,
      simulatorSpeed: SPEED,
      simulatorSettings: {
        window: "off",
        pair_rate: false,
        throughput_per_second: 0,
        sent_delay_ms: REPORT_DELAY_MS * SPEED,
        delivered_delay_ms: REPORT_DELAY_MS * SPEED,
      },
      log: keep,
    });
    const phones = createControlClient(stack.simulatorUrl);
    const sql = postgres(stack.databaseUrl, { max: 2, onnotice: () => {}, connect_timeout: 5 });
    const close = async (): Promise<void> => {
      try {
        await sql.end({ timeout: 5 });
        await stack.stop();
      } finally {
        await server.stop();
      }
    };
    return { stack, postgres: server, phones, sql, lines, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

import { readdir, readFile } from "node:fs/promises";
import type { DrainStack } from "./open-drain-stack";

/** Linux counts a process's time in ticks of which there are a hundred a second (`getconf CLK_TCK`). */
const TICK_MS = 10;

/** The parties whose work is told apart; PostgreSQL's by the database that a backend serves. */
export const PARTIES = ["server", "server_db", "engine", "engine_db", "simulator", "clients"] as const;

export type Party = (typeof PARTIES)[number];

/** Processor time that each party has had since it began, in milliseconds. */
export type Cpu = Readonly<Record<Party, number>>;

interface Task {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** Reads it from /proc; nothing but zeros where there is none. Backends are few and stay, so that none is missed for long. */
export async function readCpu(stack: DrainStack): Promise<Cpu> {
  const tasks = await listTasks();
  const cpuOf = (pid: number): number => tasks.find((task) => task.pid === pid)?.cpuMs ?? 0;
  const backends = await Promise.all(
    tasks
      .filter(({ parent }) => stack.postgresPid !== 0 && parent === stack.postgresPid)
      .map(async ({ pid, cpuMs }) => ({ cpuMs, title: await readText(`/proc/${pid}/cmdline`) })),
  );
  const cpuFor = (databaseUrl: string): number => {
    const name = new URL(databaseUrl).pathname.slice(1);
    return backends
      .filter(({ title }) => title.includes(` ${name} `))
      .reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  };
  return {
    server: cpuOf(stack.server.pid),
    server_db: cpuFor(stack.databaseUrl),
    engine: cpuOf(stack.engine.pid),
    engine_db: cpuFor(stack.engineDatabaseUrl),
    simulator: cpuOf(stack.simulator.pid),
    clients: cpuOf(process.pid),
  };
}

async function listTasks(): Promise<Task[]> {
  const names = await readdir("/proc").catch(() => []);
  const stats = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readText(`/proc/${name}/stat`)),
  );
  return stats.filter((stat) => stat !== "").map(readTask);
}

// proc(5): the name in brackets may hold blanks; behind it come state, parent, and from the 14th field on utime and stime.
function readTask(stat: string): Task {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return { pid: Number.parseInt(stat, 10), parent: field(4), cpuMs: (field(14) + field(15)) * TICK_MS };
}

// A process that has just ended has nothing to read.
async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXIT_WITH_PARENT = new URL("./exit-with-parent.mjs", import.meta.url).href;
const STOP_TIMEOUT_MS = 10_000;
const RESTART_PAUSE_MS = 300;

export interface ChildOptions {
  readonly name: string;
  /** A file for Node, from the repository's root; TypeScript runs through tsx. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Modules that Node loads before the file, by URL. */
  readonly preload?: readonly string[];
  /** Whether it is started again when it ends by itself. */
  readonly restart: boolean;
  readonly log: (line: string) => void;
}

/** A process of the local stack. */
export interface Child {
  readonly pid: number;
  /** Ends it: SIGTERM, and SIGKILL when that does not help. */
  stop(): Promise<void>;
  /** Ends it at once with SIGKILL, as a crash would. It comes back when it restarts. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM, as a deployment would. It comes back when it restarts. */
  terminate(): Promise<void>;
  /** Sends it a message over IPC, when it is there. */
  tell(message: Readonly<Record<string, unknown>>): void;
}

/** Starts a process that is restarted when it crashes and ends with its parent. */
export function startChild(options: ChildOptions): Child {
  let isStopping = false;
  let child = launch(options, onExit);

  function onExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (isStopping) return;
    options.log(
      `${options.name} ended (${signal ?? `code ${code}`})${options.restart ? ", starting it again" : ""}`,
    );
    if (!options.restart) return;
    setTimeout(() => {
      if (!isStopping) child = launch(options, onExit);
    }, RESTART_PAUSE_MS);
  }
  return {
    get pid() {
      return child.pid ?? 0;
    },
    async stop() {
      isStopping = true;
      await end(child, "SIGTERM");
    },
    kill: () => end(child, "SIGKILL"),
    terminate: () => end(child, "SIGTERM"),
    tell(message) {
      // One that is just ending has nobody to tell.
      if (child.connected) child.send(message, () => {});
    },
  };
}

function launch(
  { name, file, args = [], env, preload = [], log }: ChildOptions,
  onExit: (code: number | null, signal: NodeJS.Signals | null) => void,
): ChildProcess {
  const modules = [...(file.endsWith(".ts") ? ["tsx"] : []), EXIT_WITH_PARENT, ...preload];
  const imports = modules.flatMap((module) => ["--import", module]);
  const child = spawn(process.execPath, [...imports, file, ...args], {
    cwd: ROOT,
    // Only what the process is told: a developer's own environment must not leak into the stack.
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", (line) => line && log(`${name}: ${line}`));
  }
  child.once("exit", onExit);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

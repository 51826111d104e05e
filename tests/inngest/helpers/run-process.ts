import { spawn } from "node:child_process";
import { once } from "node:events";

/** A child process of a test. */
export interface RunningProcess {
  readonly pid: number;
  /** Everything it has printed. */
  output(): string;
  hasExited(): boolean;
  /** Send a signal and wait for the end; a process that does not end in ten seconds is killed. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Start a program; it never outlives the test process. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): RunningProcess {
  // Without the keys and modes a developer may have in their own environment.
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("INNGEST_")),
  );
  const child = spawn(command, args, {
    cwd: options.cwd ?? process.cwd(),
    env: { ...inherited, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  exited.catch(() => {});
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.removeListener("exit", killWithUs));
  return {
    pid: child.pid ?? 0,
    output: () => output,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        const timer = setTimeout(killWithUs, 10_000);
        await exited;
        clearTimeout(timer);
      }
      return child.exitCode;
    },
  };
}

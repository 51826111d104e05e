import { spawn } from "node:child_process";

export interface ProgramRun {
  /** Null when it was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** A folder that the program may take for its home and fill: what it leaves there goes with it. */
  readonly homeDir: string;
  /** Ends the program. */
  readonly signal: AbortSignal;
}

/** Runs a program to its end, in a folder of its own. */
export function runProgram(
  file: string,
  args: readonly string[],
  { homeDir, signal }: ProgramOptions,
): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: homeDir,
      // Nothing of the developer's: neither settings of theirs nor a proxy may change the outcome.
      env: { PATH: process.env.PATH ?? "", HOME: homeDir },
      signal,
      killSignal: "SIGKILL",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, ...output }));
  });
}

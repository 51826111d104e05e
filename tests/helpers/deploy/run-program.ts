import { execFile } from "node:child_process";

const TIMEOUT_MS = 60_000;

/** How a program ended, and what it said. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, for at most a minute; `input` is what it reads, nothing when left out. */
export async function runProgram(
  program: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  input = "",
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      // A text is the system's word for a program that could not be started.
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(error);
    });
    // A program that ends without reading closes its end.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

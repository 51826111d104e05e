import type { Readable } from "node:stream";

/** What a process has written so far. */
export interface Output {
  /** Whole lines on stdout. */
  readonly lines: string[];
  stderr(): string;
}

/** Collects it from now on. */
export function collectOutput(child: { readonly stdout: Readable; readonly stderr: Readable }): Output {
  const lines: string[] = [];
  let rest = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  return { lines, stderr: () => stderr };
}
